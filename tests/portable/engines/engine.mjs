// JavaScript's `RegExp`, as the Node SDK calls it; with `u` as an argument in its Unicode mode.
import { readFileSync } from "node:fs";

const decode = (part) => Buffer.from(part, "base64").toString();
const lines = readFileSync(0, "utf8").split("\n").filter((line) => line !== "");
const answers = lines.map((line) => {
  const [pattern, text] = line.split("\t").map(decode);
  try {
    return new RegExp(pattern, process.argv[2]).test(text) ? "1" : "0";
  } catch {
    return "x";
  }
});
process.stdout.write(answers.join("\n") + "\n");
