package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-memoryview/memoryview/bench/cases"
)

// measure measures all that cannot be computed.
func measure(m *cases.Machine) (f Figures, err error) {
	python, err := m.Engines()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "items")
	if err := writeFile(path); err != nil {
		return nil, err
	}
	s, err := startServer(path)
	if err != nil {
		return nil, err
	}
	defer s.close()
	f = Figures{}
	e, err := newEngines(python, s, folder)
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"requests and bytes", func() error { return serving(s, f) }},
		{"metadata", func() error { return metadata(s, e, f) }},
		{"workers", func() error { return working(e, f) }},
		{"memory", func() error { return memory(s, f) }},
	} {
		fmt.Fprintln(os.Stderr, step.name)
		if err == nil {
			err = step.do()
		}
	}
	return f, err
}

// rounds is how often what takes a moment is measured: the median counts.
const rounds = 7

// serving is what requests and bytes cost a server, with clients on the same machine: its processor's time, and what comes through.
func serving(s *server, f Figures) error {
	small, big := counts[2], large
	for _, l := range []struct {
		name string
		load
	}{
		{"request", load{small, s.plain, 8, 10_000}},
		{"request.tls", load{small, s.secure, 8, 10_000}},
		{"bytes", load{big, s.plain, 2, 256}},
		{"bytes.tls", load{big, s.secure, 2, 256}},
		{"bytes.gaps", load{gaps, s.plain, 2, 256}},
	} {
		var took, processor []float64
		for range rounds {
			wall, cpu, err := s.during(l.run)
			if err != nil {
				return err
			}
			took, processor = append(took, wall.Seconds()), append(processor, cpu.Seconds())
		}
		n := float64(l.requests)
		if l.array.name == small.name {
			f.set(l.name+".processor", median(processor)/n, "s")
			f.set(l.name+".rate", n/median(took), "/s")
			continue
		}
		n *= float64(l.array.chunkBytes())
		f.set(l.name+".core", n/median(processor), "B/s") // what one core sends
		f.set(l.name+".rate", n/median(took), "B/s")
	}
	return nil
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// metadata is what does not grow with chunks.
func metadata(s *server, e *engines, f Figures) error {
	for _, a := range counts {
		for version, name := range map[string]string{"v3": "zarr.json", "v2": ".zarray"} {
			size, err := length(fmt.Sprintf("%s/zarr/%s/%s/%s", s.plain, version, a.name, name))
			if err != nil {
				return err
			}
			f.set("metadata."+version+"."+a.name, float64(size), "B")
		}
		if err := e.opening(a, f); err != nil {
			return err
		}
	}
	return nil
}

func length(url string) (int64, error) {
	answer, err := http.Get(url)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	return io.Copy(io.Discard, answer.Body)
}

// sum is work for Dask: the sum of an array in blocks of so many chunks, the median of so many times.
type sum struct {
	name          string
	array         array
	blocks, times int
	clusters      []int // the numbers of workers that do it
}

// sums are in ever more blocks of one chunk, in blocks of many, and of large chunks. A hundred thousand blocks of one would take minutes.
var sums = []sum{
	{"e3", counts[0], 1, 3, []int{1, 2, 4}},
	{"e4", counts[1], 1, 1, []int{2}},
	{"e5", counts[2], 100, 1, []int{1, 2, 4}},
	{"large", large, 1, 5, []int{1, 2, 4}},
}

// working is what Dask's workers take.
func working(e *engines, f Figures) error {
	for _, workers := range []int{1, 2, 4} {
		if err := e.cluster(workers); err != nil {
			return err
		}
		if _, _, err := e.compute(large, 1); err != nil { // so that all is imported
			return err
		}
		for _, s := range sums {
			if slices.Contains(s.clusters, workers) {
				if err := s.measure(e, f, workers); err != nil {
					return err
				}
			}
		}
		if err := e.endCluster(); err != nil {
			return err
		}
	}
	return nil
}

func (s sum) measure(e *engines, f Figures, workers int) error {
	var took, processor []float64
	for range s.times {
		wall, cpu, err := e.compute(s.array, s.blocks)
		if err != nil {
			return err
		}
		took, processor = append(took, wall.Seconds()), append(processor, cpu.Seconds())
	}
	name, seconds := fmt.Sprintf("w%d.%s", workers, s.name), median(took)
	f.set(name+".took", seconds, "s")
	f.set(name+".blocks", float64(s.array.chunks()/s.blocks)/seconds, "/s")
	f.set(name+".chunks", float64(s.array.chunks())/seconds, "/s")
	f.set(name+".rate", float64(s.array.bytes())/seconds, "B/s")
	f.set(name+".server", 100*median(processor)/seconds, "%") // of a core
	return nil
}

// memory is what the server takes for a million chunks, after many of them were sent, and for each connection.
func memory(s *server, f Figures) error {
	many := counts[3]
	if err := (load{many, s.plain, 8, 20_000}).run(); err != nil {
		return err
	}
	before, err := s.used()
	if err != nil {
		return err
	}
	f.set("memory.own", float64(before.Memory), "B")
	const connections = 500
	for range connections {
		client := &http.Client{Transport: &http.Transport{}}
		defer client.CloseIdleConnections()
		if err := get(client, s.plain+many.key(0), make([]byte, many.chunkBytes())); err != nil {
			return err
		}
	}
	after, err := s.used()
	f.set("memory.connection", max(float64(after.Memory-before.Memory)/connections, 0), "B")
	return err
}
