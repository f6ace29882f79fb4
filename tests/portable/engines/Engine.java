// java.util.regex, as the Java SDK calls it.
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.*;

class Engine {
  public static void main(String[] arguments) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    PrintStream out = new PrintStream(new BufferedOutputStream(System.out));
    for (String line; (line = in.readLine()) != null; ) {
      String[] parts = line.split("\t", -1);
      String pattern = decode(parts[0]), text = decode(parts[1]);
      try {
        out.println(Pattern.compile(pattern).matcher(text).find() ? "1" : "0");
      } catch (PatternSyntaxException | StackOverflowError error) {
        out.println("x");
      }
    }
    out.flush();
  }

  static String decode(String part) {
    return new String(Base64.getDecoder().decode(part), StandardCharsets.UTF_8);
  }
}
