<?php
// LaunchDarkly's PHP SDK answers the cases of a file: a flag for each, whose first rule is the case.
require getcwd() . "/vendor/autoload.php";

use LaunchDarkly\Integrations\Files;
use LaunchDarkly\LDClient;
use LaunchDarkly\LDContext;

[, $flags, $cases] = $argv;
$client = new LDClient("none", [
    "send_events" => false,
    "logger" => new Psr\Log\NullLogger(),
    "feature_requester" => Files::featureRequester($flags),
]);
foreach (file($cases) as $line) {
    $asked = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    $answers = "";
    foreach ($asked["values"] as $value) {
        $context = LDContext::builder("u")->set("a", $value)->build();
        $answer = $client->variation($asked["flag"], $context, null);
        $answers .= is_bool($answer) ? (int) $answer : "x";
    }
    echo "$answers\n";
}
