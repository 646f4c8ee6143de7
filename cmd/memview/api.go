package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/gate"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// api answers the page's questions about the files on a shelf, as JSON. It is the page's own, and changes with it.
type api struct {
	*shelf
	mux     http.ServeMux
	summing chan struct{} // has room for as many as may read whole arrays at the same time
}

const mostSumming = 2

func newAPI(files *shelf) *api {
	a := &api{shelf: files, summing: make(chan struct{}, mostSumming)}
	a.question("/files", a.listFiles)
	a.question("/arrays", a.listArrays)
	a.question("/array", a.describe)
	a.question("/table", a.table)
	a.question("/item", a.item)
	a.question("/hex", a.hex)
	a.question("/picture", a.picture)
	a.question("/stats", a.stats)
	return a
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// question answers one path with what a function returns, or with its error.
func (a *api) question(path string, answer func(ctx context.Context, p *params) (any, error)) {
	a.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		p := &params{Values: r.URL.Query()}
		result, err := answer(r.Context(), p)
		if err = errors.Join(p.err, err); p.err != nil {
			err = p.err
		}
		if err != nil {
			gate.Error(w, statusOf(err), err.Error())
			return
		}
		text, err := json.Marshal(result)
		if err != nil {
			gate.Error(w, http.StatusInternalServerError, err.Error())
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(text) // who does not read the answer has gone
	})
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, buffer.ErrFault), errors.Is(err, arrayfile.ErrTruncated):
		return http.StatusGone
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, arrayfile.ErrName):
		return http.StatusNotFound
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// params are what a question holds. The first that is wrong is the error.
type params struct {
	url.Values
	err error
}

// number reads a whole number within bounds.
func (p *params) number(name string, low, high, otherwise int) int {
	text := p.Get(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if (err != nil || n < low || n > high) && p.err == nil {
		p.err = fmt.Errorf("%s=%.40q: %w: it is a whole number from %d to %d", name, text, buffer.ErrValue, low, high)
	}
	return min(max(n, low), high)
}

// numbers reads such numbers with commas between them.
func (p *params) numbers(name string) (list []int) {
	text := p.Get(name)
	if text == "" {
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if (err != nil || len(list) == buffer.MaxDims) && p.err == nil {
			p.err = fmt.Errorf("%s=%.40q: %w: it is at most %d whole numbers with commas between them", name, text, buffer.ErrValue, buffer.MaxDims)
			return nil
		}
		list = append(list, n)
	}
	return list
}

// file finds the file that a question is about.
func (a *api) file(p *params) (int, *shelved) {
	i := p.number("file", 0, len(a.files)-1, 0)
	return i, &a.files[i]
}

// mostSteps bounds a slice, in bytes.
const mostSteps = 2000

// part opens the array that a question is about, and cuts out what it names. The caller closes it.
func (a *api) part(p *params) (*selection, error) {
	i, f := a.file(p)
	array, err := f.Array(p.Get("array"))
	if err != nil {
		return nil, err
	}
	s := &selection{target: f.target, file: onDisk{f.File}, array: mapped{array, f.File}, shared: true}
	s.name, s.isNamed, s.steps = array.Name(), array.Name() != "", sliceSteps(p.Get("slice"))
	if len(s.steps) > mostSteps {
		return nil, fmt.Errorf("%w: a slice of %d bytes is too long: at most %d", buffer.ErrValue, len(s.steps), mostSteps)
	}
	if p.err != nil {
		return nil, p.err
	}
	if s.whole, err = a.view(i, array); err == nil {
		s.part, err = s.target.cut(s.whole, s.steps, "")
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// sliceSteps are a slice as it stands behind a file's name, where it was typed by itself.
func sliceSteps(slice string) string {
	if slice = strings.TrimSpace(slice); slice == "" {
		return ""
	}
	return bracketed(slice)
}

// sub goes to one index of the leading dimensions, so that no more than so many dimensions are left.
func (s *selection) sub(at []int, left int) (*memoryview.View, error) {
	if len(at) == 0 {
		at = make([]int, max(s.part.NDim()-left, 0))
	}
	if s.part.NDim()-len(at) > left {
		return nil, fmt.Errorf("at=%v: %w: %s has %d dimensions, and all but the last %d want an index", at, buffer.ErrValue, s.title(), s.part.NDim(), left)
	}
	return s.part.Sub(at...)
}

type fileAnswer struct {
	Name     string            `json:"name"`
	Kind     string            `json:"kind"`
	Size     int64             `json:"size"`
	Arrays   int               `json:"arrays"`
	Skipped  []listSkipped     `json:"skipped"`
	Metadata map[string]string `json:"metadata,omitempty"`
}

// What a list may hold: the page asks for more where somebody looks.
const (
	mostListed  = 500
	mostSkipped = 50
	metadataCut = 300 // characters
)

func (a *api) listFiles(context.Context, *params) (any, error) {
	answer := []fileAnswer{}
	for _, f := range a.files {
		one := fileAnswer{Name: f.target.String(), Kind: f.Kind(), Size: f.Size(), Arrays: len(f.Arrays()), Skipped: []listSkipped{}, Metadata: map[string]string{}}
		for _, s := range f.Skipped()[:min(len(f.Skipped()), mostSkipped)] {
			one.Skipped = append(one.Skipped, listSkipped{cutText(s.Name, metadataCut), s.Err.Error()})
		}
		for key, value := range f.Metadata() {
			if len(one.Metadata) < mostSkipped {
				one.Metadata[cutText(key, metadataCut)] = cutText(value, metadataCut)
			}
		}
		answer = append(answer, one)
	}
	return map[string]any{"files": answer, "version": version()}, nil
}

type arrayAnswer struct {
	Name   string `json:"name"`
	Words  string `json:"words"`
	Shape  []int  `json:"shape"`
	NBytes int    `json:"nbytes"`
}

// listArrays lists those of a file whose name holds a text, from one of them on.
func (a *api) listArrays(_ context.Context, p *params) (any, error) {
	_, f := a.file(p)
	from, find := p.number("from", 0, 1<<30, 0), strings.ToLower(p.Get("find"))
	found, answer := 0, []arrayAnswer{}
	for _, array := range f.Arrays() {
		if !strings.Contains(strings.ToLower(array.Name()), find) {
			continue
		}
		if found++; found > from && len(answer) < mostListed {
			l := array.Layout()
			answer = append(answer, arrayAnswer{array.Name(), words(typeOf(l.Format)), l.Shape, array.NBytes()})
		}
	}
	return map[string]any{"arrays": answer, "from": from, "found": found}, nil
}

// describe says what a part is, and how it can be looked at.
func (a *api) describe(_ context.Context, p *params) (any, error) {
	s, err := a.part(p)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	i := infoOf(s)
	i.Format, i.Words = beginning(i.Format), beginning(i.Words)
	fields := len(i.Fields)
	i.Fields = i.Fields[:min(fields, mostListed)]
	file, f := a.file(p)
	remote := a.face(file, s.name)
	if remote != "" {
		remote = ":" + remote + s.steps
	}
	picture, reason := frameOf(s.part)
	return map[string]any{
		"file": file, "title": s.title(), "slice": s.steps, "info": i, "fields": fields, "whole": s.whole.Shape(),
		"table": gridOf(s.part), "hex": hexLinesOf(s), "sampled": s.part.NBytes() > mostSummed, "code": codeOf(s, f.raw), "remote": remote,
		"picture": picture, "noPicture": reason,
	}, nil
}

// Arrays of more bytes are sampled, unless all of their items are asked for.
const (
	mostSummed  = 32 << 20
	mostPlotted = 200 // bins
)

// stats gives figures of all items, or of a sample of many.
func (a *api) stats(ctx context.Context, p *params) (any, error) {
	s, err := a.part(p)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	bins := p.number("bins", 1, mostPlotted, 40)
	isSample := s.part.NBytes() > mostSummed && p.Get("all") != "1"
	if p.err != nil {
		return nil, p.err
	}
	select {
	case a.summing <- struct{}{}:
		defer func() { <-a.summing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w, start := new(summary.Work), time.Now()
	defer context.AfterFunc(ctx, w.Stop)()
	o, summed := summary.Options{Quantiles: quantiles, Bins: bins}, summedItems(s.part)
	var all []columnStats
	if isSample {
		all, summed, err = statsOfSample(s.part, w, o)
	} else {
		all, err = statsOf(s.part, w, o)
	}
	if errors.Is(err, summary.ErrStopped) {
		return nil, fmt.Errorf("%w after %.0f s: memview stats %s in a terminal has all the time it needs", context.DeadlineExceeded, time.Since(start).Seconds(), s.title())
	}
	if err != nil {
		return nil, err
	}
	columns := []map[string]any{}
	for _, c := range all[:min(len(all), mostColumns)] {
		columns = append(columns, c.forPage(isSample))
	}
	return map[string]any{"columns": columns, "more": len(all) - len(columns), "sample": isSample, "items": summed, "of": summedItems(s.part)}, nil
}

// forPage has numbers as text where the page does not reckon with them: its own numbers have but 53 bits.
func (s *columnStats) forPage(isSample bool) map[string]any {
	all := s.json()
	all["name"], all["words"] = cutText(s.Name, cellCut), beginning(words(s.Type))
	if t := s.text; t != nil {
		first := []any{}
		for _, o := range t.First {
			first = append(first, map[string]any{"item": cutText(valueText(o.Item), textWidth), "count": o.Count})
		}
		all["first"] = first
		return all
	}
	f := s.figures
	all["mean"], all["std"], all["sum"] = pageNumber(f.Mean), pageNumber(f.Std), pageNumber(f.Sum)
	if f.Min != nil {
		all["min"], all["max"] = valueText(f.Min), valueText(f.Max)
		if isSample { // whose indices are its own
			delete(all, "min_at")
			delete(all, "max_at")
		}
	}
	parts := [][2]string{}
	for _, q := range f.Quantiles {
		parts = append(parts, [2]string{strconv.FormatFloat(q.Part, 'g', -1, 64), pageNumber(q.Value)})
	}
	if all["quantiles"] = parts; f.Finite() == 0 {
		delete(all, "quantiles")
		delete(all, "histogram")
		delete(all, "mean")
	}
	return all
}

// pageNumber has the digits that there is room for.
func pageNumber(x any) string {
	switch x := x.(type) {
	case float64:
		return strconv.FormatFloat(x, 'g', 10, 64)
	case float32:
		return strconv.FormatFloat(float64(x), 'g', 8, 64)
	}
	return fmt.Sprint(x)
}

func summedItems(v *memoryview.View) int {
	n := 1
	for _, extent := range v.Shape() {
		n *= extent
	}
	return n
}
