package channel

import "time"

// schedule is how long to wait after each failed try; together 23 h 42 min.
var schedule = []time.Duration{
	30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour,
	4 * time.Hour, 4 * time.Hour, 4 * time.Hour, 4 * time.Hour, 4 * time.Hour,
}

// Backoff is how long to wait after the attempt-th try (from 1) has failed for
// now, and false once there is nothing more to try. The waits are up to a
// fifth longer or shorter, differently for each id, so that what failed
// together does not come back together.
func Backoff(attempt int, id uint64) (time.Duration, bool) {
	if attempt < 1 || attempt > len(schedule) {
		return 0, false
	}
	wait := schedule[attempt-1]
	const steps = 1 << 20
	jitter := time.Duration(mix(id+uint64(attempt)) % steps)
	return wait - wait/5 + wait*2/5*jitter/steps, true
}

// mix is the finaliser of SplitMix64: near inputs, far outputs.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
