<?php
// PCRE in PHP, as the PHP SDK calls it: with parentheses as delimiters, and without `u`.
while (($line = fgets(STDIN)) !== false) {
    [$pattern, $text] = array_map('base64_decode', explode("\t", rtrim($line, "\n")));
    $found = @preg_match("($pattern)", $text);
    echo $found === false ? "x" : $found, "\n";
}
