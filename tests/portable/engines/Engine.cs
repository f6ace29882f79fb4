// System.Text.RegularExpressions, as the .NET SDK calls it.
using System;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;

class Engine
{
    static void Main()
    {
        var output = new StreamWriter(Console.OpenStandardOutput());
        for (string line; (line = Console.In.ReadLine()) != null;)
        {
            var parts = line.Split('\t');
            try
            {
                output.Write(Regex.IsMatch(Decode(parts[1]), Decode(parts[0])) ? "1\n" : "0\n");
            }
            catch (ArgumentException)
            {
                output.Write("x\n");
            }
        }
        output.Flush();
    }

    static string Decode(string part)
    {
        return Encoding.UTF8.GetString(Convert.FromBase64String(part));
    }
}
