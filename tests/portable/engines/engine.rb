# Ruby's `Regexp`, as the Ruby SDK calls it.
$VERBOSE = nil
STDIN.each_line(chomp: true) do |line|
  pattern, text = line.split("\t", -1).map { |part| part.unpack1("m").force_encoding("UTF-8") }
  begin
    puts Regexp.new(pattern).match(text).nil? ? "0" : "1"
  rescue StandardError
    puts "x"
  end
end
