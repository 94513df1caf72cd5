package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/postroom/postroom/engine/csvfile"
	"github.com/postroom/postroom/store"
)

// maxUpload bounds a file that is imported.
const maxUpload = 1 << 30

var (
	errNoFile  = store.Invalid{"file": "Choose a CSV file."}
	errTooBig  = store.Invalid{"file": "The file is larger than 1 GB. Split it and upload the parts one after the other."}
	errArchive = store.Invalid{"file": "This is a spreadsheet or an archive, not a CSV file. Open it, save it as CSV, and upload that."}
)

// receive streams the file of a form into the folder of uploads, in UTF-8,
// under a name of ours, and finds out how it is laid out.
func (s *Server) receive(r *http.Request) (store.NewImport, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxUpload+1<<20) // and what surrounds it
	part, err := filePart(r)
	if err != nil {
		return store.NewImport{}, err
	}
	upload, err := s.saveUpload(part)
	upload.Name = baseName(part.FileName())
	return upload, err
}

// saveUpload streams a file into the folder of uploads.
func (s *Server) saveUpload(src io.Reader) (store.NewImport, error) {
	file, err := s.newUpload()
	if err != nil {
		return store.NewImport{}, err
	}
	upload, err := s.keep(file, src)
	if err == nil {
		err = file.Sync()
	}
	file.Close()
	if err != nil {
		os.Remove(file.Name())
		return upload, explainUpload(err)
	}
	upload.File = filepath.Base(file.Name())
	return upload, nil
}

// filePart is the part of a form that is the file.
func filePart(r *http.Request) (*multipart.Part, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, errNoFile
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil, errNoFile
		}
		if err != nil {
			return nil, explainUpload(err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
}

func (s *Server) newUpload() (*os.File, error) {
	name := make([]byte, 16)
	rand.Read(name)
	return os.OpenFile(filepath.Join(s.uploads, hex.EncodeToString(name)+".csv"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
}

func (s *Server) keep(file *os.File, part io.Reader) (store.NewImport, error) {
	var d csvfile.Detector
	size, err := io.Copy(io.MultiWriter(file, &d), part)
	switch {
	case err != nil:
		return store.NewImport{}, err
	case size > maxUpload:
		return store.NewImport{}, errTooBig
	case d.Archive():
		return store.NewImport{}, errArchive
	}
	if d.Encoding() != csvfile.UTF8 {
		if size, err = s.recode(file, d.Encoding()); err != nil {
			return store.NewImport{}, err
		}
	}
	text, err := os.Open(file.Name())
	if err != nil {
		return store.NewImport{}, err
	}
	defer text.Close()
	f, err := csvfile.Sniff(text)
	return store.NewImport{Size: size, Format: store.ImportFormat{
		Encoding: string(d.Encoding()), Separator: string(f.Separator), Header: f.Header, Samples: f.Samples, Start: store.ImportPosition(f.Start),
	}}, err
}

// recode replaces what is in file by the same in UTF-8. Meanwhile there are
// two files; the other one goes, whatever happens.
func (s *Server) recode(file *os.File, e csvfile.Encoding) (size int64, err error) {
	other, err := s.newUpload()
	if err != nil {
		return 0, err
	}
	defer os.Remove(other.Name())
	defer other.Close()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	size, err = io.Copy(other, csvfile.Decode(file, e))
	if err != nil {
		return 0, err
	}
	if err := other.Sync(); err != nil {
		return 0, err
	}
	return size, os.Rename(other.Name(), file.Name())
}

// explainUpload says what a person can do about a file that was not taken.
func explainUpload(err error) error {
	var damage *csvfile.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &damage):
		return store.Invalid{"file": damage.Error()}
	case errors.As(err, &tooLarge):
		return errTooBig
	case errors.Is(err, io.ErrUnexpectedEOF):
		return store.Invalid{"file": "The upload broke off. Nothing was kept; try again."}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return store.ErrFull
	}
	return err
}

// baseName is a file's name as its owner calls it, without the folders that
// some browsers send.
func baseName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if name = strings.TrimSpace(strings.ToValidUTF8(name, "")); name == "" {
		return "people.csv"
	}
	return name
}
