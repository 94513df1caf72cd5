// Package liquid measures engine/liquid beside github.com/osteele/liquid, the
// library that it took the place of. It is a module of its own, so that
// Postroom does not depend on that library. make bench runs it.
package liquid
