// Package static holds the files that browsers fetch as they are: style, behaviour, the font and
// the vendored libraries. They are embedded, and each is served under a name that carries a hash
// of its content, so a browser may keep it for ever and a new release is seen at once.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"path"
	"strings"
)

//go:embed css/*.css js/*.js vendor/*.js fonts/*.woff2
var files embed.FS

// prefix is where Handler expects to be mounted.
const prefix = "/static/"

// asset is one file as it goes out.
type asset struct {
	path        string // with prefix and hash
	contentType string
	etag        string
	plain       []byte
	gzip        []byte // nil if compressing does not make it smaller
}

var byName, byPath = load()

// Path is the address of the file with this name: "css/app.css", "js/htmx.js", "js/app.js" or
// "fonts/hanken.woff2". It panics if there is no such file, because only a programmer can ask for one.
func Path(name string) string {
	a, ok := byName[name]
	if !ok {
		panic("static: no file named " + name)
	}
	return a.path
}

// load reads every file once. Fonts come first: the style sheet names them by their hashed path.
func load() (byName, byPath map[string]*asset) {
	byName, byPath = map[string]*asset{}, map[string]*asset{}
	add := func(name string, content []byte) {
		a := newAsset(name, content)
		byName[name], byPath[a.path] = a, a
	}
	add("fonts/hanken.woff2", read("fonts/hanken.woff2"))
	add("js/htmx.js", joinScripts("vendor/", vendorOrder))
	add("js/app.js", joinScripts("js/", scriptOrder))
	add("css/app.css", joinStyles(func(font string) string { return byName[font].path }))
	return byName, byPath
}

func newAsset(name string, content []byte) *asset {
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:4])
	ext := path.Ext(name)
	return &asset{
		path:        prefix + strings.TrimSuffix(name, ext) + "." + hash + ext,
		contentType: contentType(ext),
		etag:        hash,
		plain:       content,
		gzip:        compress(content),
	}
}

// contentType does not ask the machine's mime tables first: those of a bare container know no fonts.
func contentType(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	}
	return mime.TypeByExtension(ext)
}

func read(name string) []byte {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return content
}
