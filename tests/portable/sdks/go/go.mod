module sdk

go 1.18

require (
	github.com/launchdarkly/go-jsonstream/v3 v3.1.0
	github.com/launchdarkly/go-sdk-common/v3 v3.2.0
	github.com/launchdarkly/go-semver v1.0.3
	github.com/launchdarkly/go-server-sdk-evaluation/v3 v3.0.1
	golang.org/x/exp v0.0.0-20220823124025-807a23277127
)

