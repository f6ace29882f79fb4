// RE2 in Go, as the Go SDK calls it.
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"strings"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		parts := strings.Split(strings.TrimRight(line, "\n"), "\t")
		pattern, _ := base64.StdEncoding.DecodeString(parts[0])
		text, _ := base64.StdEncoding.DecodeString(parts[1])
		compiled, err := regexp.Compile(string(pattern))
		switch {
		case err != nil:
			fmt.Fprintln(out, "x")
		case compiled.Match(text):
			fmt.Fprintln(out, "1")
		default:
			fmt.Fprintln(out, "0")
		}
	}
}
