package channel

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	for id := range uint64(200) {
		var total time.Duration
		attempt := 1
		for ; ; attempt++ {
			wait, more := Backoff(attempt, id)
			if !more {
				break
			}
			base := schedule[attempt-1]
			if wait < base*4/5 || wait > base*6/5 {
				t.Fatalf("attempt %d of %d waits %v, about %v", attempt, id, wait, base)
			}
			if again, _ := Backoff(attempt, id); again != wait {
				t.Fatal("not the same twice")
			}
			total += wait
		}
		if attempt != len(schedule)+1 || total < 19*time.Hour || total > 29*time.Hour {
			t.Errorf("%d attempts in %v", attempt, total)
		}
	}
	seen := map[time.Duration]bool{}
	for id := range uint64(1000) {
		wait, _ := Backoff(3, id)
		seen[wait.Truncate(time.Second)] = true
	}
	if len(seen) < 150 {
		t.Errorf("1000 failures come back at %d different seconds", len(seen))
	}
	if _, more := Backoff(0, 1); more {
		t.Error("there is no attempt 0")
	}
}
