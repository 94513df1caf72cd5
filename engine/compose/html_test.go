package compose

import (
	"strings"
	"testing"

	tokenizer "golang.org/x/net/html"
)

func TestLinks(t *testing.T) {
	links := Links{
		UnsubscribeURL: "https://m.test/u?a=1&b=2", OneClickURL: "https://m.test/one", ViewURL: "https://m.test/v",
		ClickURL: func(href string) string { return "T(" + href + ")" },
	}
	for in, want := range map[string]string{
		`<a href="https://x.test">a</a>`:                                          `<a href="T(https://x.test)">a</a>`,
		`<A HREF='HTTP://x.test/?a=1&amp;b=%20' class=big >a</A >`:                `<A HREF='T(HTTP://x.test/?a=1&amp;b=%20)' class=big >a</A >`,
		`<a href=https://x.test/a>a</a>`:                                          `<a href="T(https://x.test/a)">a</a>`,
		`<a title="a > b" data-href="https://no.test" href = " https://x.test ">`: `<a title="a > b" data-href="https://no.test" href = "T(https://x.test)">`,
		`<area href="https://x.test"/>`:                                           `<area href="T(https://x.test)"/>`,
		`<a/href="https://x.test">`:                                               `<a/href="T(https://x.test)">`,
		`<a href="https://x.test/&quot;&lt;">`:                                    `<a href="T(https://x.test/&#34;&lt;)">`,
		// left alone
		`<a href="mailto:a@b.test">`:     "",
		`<a href="tel:+1">`:              "",
		`<a href="#top">`:                "",
		`<a href="/here">`:               "",
		`<a href="https://">`:            "",
		`<a href="javascript:alert(1)">`: "",
		`<a name="x">`:                   "",
		`<a href>`:                       "",
		`<a href="https://x.test" class="btn untracked">`:                "",
		`<a href="https://m.test/u?a=1&amp;b=2">`:                        "",
		`<a href="https://m.test/v"><a href=https://m.test/one>`:         "",
		`<link href="https://x.test/a.css"><img src="https://x.test/i">`: "",
		`<!-- <a href="https://x.test"> -->`:                             "",
		`<style>a[href="https://x.test"]{}</style>`:                      "",
		`<a href="https://x.test`:                                        "",
	} {
		if want == "" {
			want = in
		}
		if got := decorate(in, "", links); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", in, got, want)
		}
	}
}

func TestPreheaderAndPixel(t *testing.T) {
	head, tail := preheaderHTML("<hi>"), pixelHTML("https://m.test/o?a&b")
	if !strings.Contains(head, "&lt;hi&gt;") || !strings.Contains(tail, "o?a&amp;b") {
		t.Error(head, tail)
	}
	for in, want := range map[string]string{
		`<p>a</p>`: `^<p>a</p>$`,
		`<!DOCTYPE html><html><head><title><body></title></head><body id="x"><p>a</p></body></html>`: `<!DOCTYPE html><html><head><title><body></title></head><body id="x">^<p>a</p>$</body></html>`,
		`<!DOCTYPE html><p>a`:                   `<!DOCTYPE html>^<p>a$`,
		`<html><head></head>a</html>`:           `<html><head></head>^a</html>$`,
		`<!-- </body> --><body>a</body></BODY>`: `<!-- </body> --><body>^a</body>$</BODY>`,
		`</body><body>`:                         `</body><body>^$`,
	} {
		want = strings.ReplaceAll(strings.ReplaceAll(want, "^", head), "$", tail)
		if got := decorate(in, "<hi>", Links{OpenURL: "https://m.test/o?a&b"}); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", in, got, want)
		}
	}
}

func TestTextOf(t *testing.T) {
	for in, want := range map[string]string{
		"<h1>A  b</h1>\n<p>c\nd</p><p></p><div>e</div><div>f</div>": "A b\n\nc d\n\ne\nf",
		"a<br>b<br/><br>c": "a\nb\n\nc",
		"<ul><li>a<li>b <b>c</b></ul><ol><li>d</li><li>e</li></ol>f":                   "* a\n* b c\n\n1. d\n2. e\n\nf",
		"<table><tr><td>Mug</td><td>9.99</td></tr><tr><th>x</th></tr></table>":         "Mug 9.99\nx",
		`<a href="https://x.test/?a=1&amp;b">Shop</a>, <a href="#">no</a>`:             "Shop <https://x.test/?a=1&b>, no",
		`<a href="https://x.test">https://x.test</a> <a href="mailto:a@b.c">a@b.c</a>`: "https://x.test a@b.c",
		`<a href="https://x.test"><img src="x" alt="Logo"></a>`:                        "Logo <https://x.test>",
		"<pre>a\n  b</pre>c":                                                 "a\n  b\n\nc",
		"&amp;&nbsp;&lt;b&gt; &zwnj;&#847;&nbsp;x":                           "& <b> x",
		"<head><title>t</title><style>p{}</style></head><script>x</script>a": "a",
		"<style>p{}</style>a<hr>b":                                           "a\n\n---\n\nb",
		"</a></ul></pre>a<a>":                                                "a",
		"žluť <b>日本</b>語":                                                    "žluť 日本語",
	} {
		if got := textOf(in); got != want {
			t.Errorf("%s\ngives %q\nwant  %q", in, got, want)
		}
	}
}

// Without anything to add, HTML passes byte for byte, and with links changed
// into themselves browsers see the same tags and text.
func FuzzDecorate(f *testing.F) {
	for _, seed := range []string{
		`<a href="https://x.test">a</a>`, "<a href='http://x.test' class=untracked", "<a\nhref\n=\n\"http://x.test\"a=b>", "<body></body>",
		"<a href=http://x.test/ title=\"'\">", "<!DOCTYPE html><a =x href=https://y.test>", "<a href=\"https://x\" href='https://y'>", "<a/ / href=http://a&amp;b>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if got := decorate(in, "", Links{}); got != in {
			t.Errorf("%q became %q", in, got)
		}
		same := decorate(in, "", Links{ClickURL: func(href string) string { return href }})
		if got, want := tokensOf(same), tokensOf(in); got != want {
			t.Errorf("%q\nbecame %q", want, got)
		}
		textOf(in)
	})
}

// tokensOf writes HTML as the tokenizer reads it, addresses trimmed.
func tokensOf(in string) string {
	var b strings.Builder
	z := tokenizer.NewTokenizer(strings.NewReader(in))
	for z.Next() != tokenizer.ErrorToken {
		token := z.Token()
		for i, a := range token.Attr {
			if a.Key == "href" {
				token.Attr[i].Val = strings.TrimSpace(a.Val)
			}
		}
		b.WriteString(token.String())
	}
	return b.String()
}
