// Package bench measures Postroom and prints figures, each beside a baseline
// taken in the same run. It never passes or fails on time: machines differ,
// ratios less so. make bench runs it.
package bench
