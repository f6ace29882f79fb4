# LaunchDarkly's Ruby SDK answers the cases of a file: a flag for each, whose first rule is the case.
require "json"
require "logger"
require "ldclient-rb"

flags, cases = ARGV
# Not the SDK's files, which it reads as YAML: 1e-7 is a text there.
source = LaunchDarkly::Integrations::TestData.data_source
JSON.parse(File.read(flags), symbolize_names: true)[:flags].each_value do |flag|
  source.use_preconfigured_flag(flag)
end
config = LaunchDarkly::Config.new(send_events: false, logger: Logger.new(nil), data_source: source)
client = LaunchDarkly::LDClient.new("none", config)
raise "the SDK did not start" unless client.initialized?
File.foreach(cases, encoding: "utf-8") do |line|
  asked = JSON.parse(line)
  answers = asked["values"].map do |value|
    context = LaunchDarkly::LDContext.create({ kind: "user", key: "u", a: value })
    { true => "1", false => "0" }.fetch(client.variation(asked["flag"], context, nil), "x")
  end
  puts answers.join
end
client.close
