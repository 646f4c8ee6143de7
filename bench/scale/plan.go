package main

import (
	"fmt"
	"maps"
)

// What is assumed, since it depends on what one has.
const (
	network10 = 10e9 / 8 // bytes a second
	network25 = 25e9 / 8
)

// plan is a job: bytes that workers read in blocks, each of some chunks, from servers with a network each.
type plan struct {
	name                string
	bytes, chunk, block float64
	workers, servers    float64
	network             float64
}

var plans = []plan{
	{"small", 100e9, 16 << 20, 16 << 20, 8, 1, network10},
	{"great", 10e12, 64 << 20, 256 << 20, 100, 4, network25},
}

// plan adds what follows from the figures.
func (f Figures) plan() Figures {
	all := maps.Clone(f)
	request, core := f.of("request.processor"), f.of("bytes.core")
	all.set("request.core", 1/request, "/s")
	all.set("request.tls.core", 1/f.of("request.tls.processor"), "/s")
	for _, percent := range []float64{50, 10, 1} { // of the processor's time goes to requests
		all.set(fmt.Sprintf("chunk.%.0f", percent), (100/percent-1)*request*core, "B")
	}
	all.set("network10.core", 100*network10/core, "%")
	all.set("network10.tls.core", 100*network10/f.of("bytes.tls.core"), "%")
	all.set("network25.core", 100*network25/core, "%")
	worker, scheduler := f.of("w1.large.rate"), f.of("w2.e4.blocks")
	all.set("worker.rate", worker, "B/s")
	all.set("workers.core", core/worker, "")
	all.set("workers.network10", network10/worker, "")
	all.set("scheduler", scheduler, "/s")
	all.set("block.8", 8*worker/scheduler, "B")
	all.set("block.100", 100*worker/scheduler, "B")
	all.set("blocks.e5", 1e5/scheduler, "s")
	all.set("blocks.e6", 1e6/scheduler, "s")
	for _, p := range plans {
		p.add(all, core, request, worker, scheduler)
	}
	return all
}

// add says how long each part of a job takes by itself. The longest is how long the job takes, at best.
func (p plan) add(all Figures, core, request, worker, scheduler float64) {
	chunks, blocks := p.bytes/p.chunk, p.bytes/p.block
	network := p.bytes / (p.servers * p.network)
	processor := p.bytes/core + chunks*request
	workers := p.bytes / (p.workers * worker)
	scheduling := blocks / scheduler
	longest, word := network, "the network"
	if workers > longest {
		longest, word = workers, "the workers"
	}
	if scheduling > longest {
		longest, word = scheduling, "the scheduler"
	}
	set := func(name string, value float64, unit string) { all.set("plan."+p.name+"."+name, value, unit) }
	set("chunks", chunks, "")
	set("blocks", blocks, "")
	set("network", network, "s")
	set("processor", processor/p.servers, "s")
	set("cores", 100*processor/longest/p.servers, "%")
	all["plan."+p.name+".longest"] = Figure{Unit: "word", Word: word}
	set("workers", workers, "s")
	set("scheduler", scheduling, "s")
	set("time", longest, "s")
}
