package identity

import (
	"strings"
	"testing"
)

func TestEmailKey(t *testing.T) {
	rows := []struct{ address, want string }{
		{"a@x.com", "a@x.com"},
		{" A.B+tag@X.Com\n", "a.b+tag@x.com"},
		{"o'neil!#$%&*/=?^_`{|}~-@x.co.uk", "o'neil!#$%&*/=?^_`{|}~-@x.co.uk"},
		{"anna@BÜCHER.example", "anna@xn--bcher-kva.example"},
		{"anna@xn--bcher-kva.EXAMPLE", "anna@xn--bcher-kva.example"},
		{"Jose\u0301@x.com", "jos\u00e9@x.com"}, // composed and decomposed are one
		{"JOSÉ@x.com", "jos\u00e9@x.com"},
		{"ΑΛΦΑ@x.gr", "αλφα@x.gr"},
		{"用户@例子.中国", "用户@xn--fsqu00a.xn--fiqs8s"},
		{"a@x。com", "a@x.com"},
		{"a@ab--cd.com", "a@ab--cd.com"},
		{"a@1.2.3.de", "a@1.2.3.de"},
		{strings.Repeat("x", 64) + "@x.com", strings.Repeat("x", 64) + "@x.com"},
	}
	for _, r := range rows {
		if got, err := EmailKey(r.address); got != r.want || err != nil {
			t.Errorf("%q: %q, %v", r.address, got, err)
		}
	}
}

func TestEmailKeyRefuses(t *testing.T) {
	long := strings.Repeat("x", 63) + "."
	rows := []struct{ address, want string }{
		{"", "Enter an email address."},
		{" \t", "Enter an email address."},
		{"a@b", "“a@b” is not a full email address."},
		{"a", "“a” is not a full email address."},
		{"@x.com", "“@x.com” is not a full email address."},
		{"a@", "“a@” is not a full email address."},
		{"a@localhost", "“a@localhost” is not a full email address."},
		{"a@.com", "“a@.com” is not a full email address."},
		{"a@x.com.", "“a@x.com.” is not a full email address."},
		{"a@x..com", "“a@x..com” is not a full email address."},
		{"a@-x.co", "“a@-x.co” is not a full email address."},
		{"a@x-.co", "“a@x-.co” is not a full email address."},
		{"a@x_y.com", "“a@x_y.com” is not a full email address."},
		{"a@[1.2.3.4]", "“a@[1.2.3.4]” is not a full email address."},
		{"a@1.2.3.4", "“a@1.2.3.4” is not a full email address."},
		{"a@x y.com", "“a@x y.com” is not a full email address."},
		{"a@xn--zzzzzzz999.com", "“a@xn--zzzzzzz999.com” is not a full email address."},
		{"a@b@x.com", "“a@b@x.com” is not an email address: it has something in it that addresses cannot have."},
		{`"a b"@x.com`, "“\"a b\"@x.com” is not an email address: it has something in it that addresses cannot have."},
		{"Ann <a@x.com>", "“Ann <a@x.com>” is not an email address: it has something in it that addresses cannot have."},
		{"a b@x.com", "“a b@x.com” is not an email address: it has something in it that addresses cannot have."},
		{".a@x.com", "“.a@x.com” is not an email address: it has something in it that addresses cannot have."},
		{"a..b@x.com", "“a..b@x.com” is not an email address: it has something in it that addresses cannot have."},
		{"a\x00b@x.com", "“a�b@x.com” is not an email address: it has something in it that addresses cannot have."},
		{"a\u200b@x.com", "“a�@x.com” is not an email address: it has something in it that addresses cannot have."},
		{"a\xff@x.com", "“a�@x.com” is not an email address: it has something in it that addresses cannot have."},
		{"a@x\xff.com", "“a@x�.com” is not an email address: it has something in it that addresses cannot have."},
		{"a\r\nBcc: b@x.com", "“a��Bcc: b@x.com” is not an email address: it has something in it that addresses cannot have."},
		{strings.Repeat("x", 65) + "@x.com", "An email address has at most 254 characters, and 64 before the @."},
		{"a@" + strings.Repeat(long, 4) + "com", "“a@" + strings.Repeat("x", 58) + "…” is not a full email address."},
		{"a@" + strings.Repeat(long, 3) + strings.Repeat("x", 60) + ".com", "“a@" + strings.Repeat("x", 58) + "…” is not a full email address."},
		{strings.Repeat("x", 60) + "@" + strings.Repeat(long, 3) + "com", "An email address has at most 254 characters, and 64 before the @."},
		{strings.Repeat("x", 5000), "An email address has at most 254 characters, and 64 before the @."},
	}
	for _, r := range rows {
		if key, err := EmailKey(r.address); err == nil || err.Error() != r.want {
			t.Errorf("%q: %q, %v\nwant %s", r.address, key, err, r.want)
		}
	}
}

func FuzzEmailKey(f *testing.F) {
	for _, seed := range []string{"a@x.com", "JOSÉ@BÜCHER.example", "用户@例子.中国", "a\u200b@x.com", `"a b"@x.com`, "İ@x.com", "a@xn--bcher-kva.example"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		key, err := EmailKey(address)
		if err != nil {
			return
		}
		if again, err := EmailKey(key); again != key || err != nil {
			t.Errorf("%q has the key %q, which has the key %q, %v", address, key, again, err)
		}
		if strings.ContainsAny(key, "\r\n\x00 <>,\"") || len(key) > 254 {
			t.Errorf("%q has the key %q", address, key)
		}
	})
}
