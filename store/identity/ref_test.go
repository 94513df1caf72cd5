package identity

import (
	"fmt"
	"strings"
	"testing"
)

func TestFromPath(t *testing.T) {
	rows := []struct {
		mode Mode
		path string
		want Ref
	}{
		{EmailOrID, "7", Ref{ID, "7"}},
		{EmailOrID, " 7 ", Ref{ID, " 7 "}},
		{EmailOrID, "a+B@x.com", Ref{Email, "a+B@x.com"}},
		{EmailOrID, " a@x.com ", Ref{Email, "a@x.com"}},
		{EmailOrID, "a@b", Ref{ID, "a@b"}},
		{EmailOrID, "cio_347f00D", Ref{CioID, "347f00D"}},
		{EmailOrID, "cio_", Ref{CioID, ""}},
		{EmailOrID, "CIO_1", Ref{ID, "CIO_1"}},
		{EmailOrID, "1/ %é", Ref{ID, "1/ %é"}},
		{IDOnly, "a@x.com", Ref{ID, "a@x.com"}},
		{IDOnly, "cio_1", Ref{CioID, "1"}},
		{EmailOnly, "a@x.com", Ref{Email, "a@x.com"}},
		{EmailOnly, "cio_1", Ref{CioID, "1"}},
		{EmailOrID, strings.Repeat("é", 75), Ref{ID, strings.Repeat("é", 75)}},
	}
	for _, r := range rows {
		if got, err := FromPath(r.mode, r.path); got != r.want || err != nil {
			t.Errorf("%s %q: %v, %v", r.mode, r.path, got, err)
		}
	}
}

func TestFromPathRefuses(t *testing.T) {
	rows := []struct {
		mode       Mode
		path, want string
	}{
		{EmailOnly, "7", "identifier is not a valid email address"},
		{EmailOnly, "", "identifier is not a valid email address"},
		{EmailOrID, "", "Enter an id."},
		{EmailOrID, "  ", "Enter an id."},
		{IDOnly, strings.Repeat("é", 75) + "x", "An id has at most 150 bytes; this one has 151."},
		{EmailOrID, "a\nb", "An id cannot have control characters, such as tabs and line breaks."},
		{EmailOrID, "a\xff", "This id is not valid UTF-8."},
		{EmailOrID, "cio_a-b", "An id cannot begin with “cio_”: that names a person by cio_id."},
	}
	for _, r := range rows {
		if _, err := FromPath(r.mode, r.path); err == nil || err.Error() != r.want {
			t.Errorf("%s %q: %v", r.mode, r.path, err)
		}
	}
}

func FuzzFromPath(f *testing.F) {
	for _, seed := range []string{"7", "a@x.com", "cio_1", "cio_a-b", "", "1/ %é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		for _, m := range Modes {
			ref, err := FromPath(m, path)
			if err != nil {
				continue
			}
			if again, err := FromPath(m, ref.String()); again != ref || err != nil {
				t.Errorf("%s %q is %v, whose path is %v, %v", m, path, ref, again, err)
			}
			if d := Decide(Policy{Mode: m}, Request{Path: ref}, Found{}); d.Outcome == Reject {
				t.Errorf("%s %q is rejected: %s", m, path, d.Reason)
			}
		}
	})
}

func ExampleRef_String() {
	ref, _ := FromPath(EmailOrID, "cio_03000001")
	fmt.Println(ref.Kind, ref.Value, ref)
	// Output: cio_id 03000001 cio_03000001
}
