// LaunchDarkly's evaluator for Go answers the cases of a file: a flag for each, whose first rule is the case.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/launchdarkly/go-sdk-common/v3/ldcontext"
	"github.com/launchdarkly/go-sdk-common/v3/ldvalue"
	evaluation "github.com/launchdarkly/go-server-sdk-evaluation/v3"
	"github.com/launchdarkly/go-server-sdk-evaluation/v3/ldmodel"
)

// No clause asks for another flag, or for a segment.
type nothing struct{}

func (nothing) GetFeatureFlag(string) *ldmodel.FeatureFlag { return nil }
func (nothing) GetSegment(string) *ldmodel.Segment         { return nil }

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	var flags struct {
		Flags map[string]json.RawMessage `json:"flags"`
	}
	must(0, json.Unmarshal(must(os.ReadFile(os.Args[1])), &flags))
	evaluator := evaluation.NewEvaluator(nothing{})
	serialization := ldmodel.NewJSONDataModelSerialization()
	cases := json.NewDecoder(bufio.NewReader(must(os.Open(os.Args[2]))))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for cases.More() {
		var asked struct {
			Flag   string          `json:"flag"`
			Values []ldvalue.Value `json:"values"`
		}
		must(0, cases.Decode(&asked))
		flag := must(serialization.UnmarshalFeatureFlag(flags.Flags[asked.Flag]))
		for _, value := range asked.Values {
			context := ldcontext.NewBuilder("u").SetValue("a", value).Build()
			answer := evaluator.Evaluate(&flag, context, nil).Detail.Value
			switch {
			case !answer.IsBool():
				fmt.Fprint(out, "x")
			case answer.BoolValue():
				fmt.Fprint(out, "1")
			default:
				fmt.Fprint(out, "0")
			}
		}
		fmt.Fprintln(out)
	}
}
