// Package shm shares arrays with other programs by name, in POSIX shared memory: with Go, with C, and with
// Python's multiprocessing.shared_memory.
//
// Who makes a segment owns it: fills it, and then publishes it, which gives it its name. Others attach by the name:
//
//	s, err := shm.Create("frame", buffer.Layout{Format: "<f", Shape: []int{480, 640}})
//	...
//	defer s.Close()
//	v, err := s.View()
//	... // write to v
//	err = s.Publish()
//
//	other, err := shm.Open("frame") // in another process
//	...
//	w, err := other.View()
//
// A segment begins with a header that says what its items are, which docs/SHM.md describes byte for byte, with ten lines of
// Python that read it. Or it is bare, as those that Python makes: items and nothing else, and whoever attaches says what they
// are: [CreateBare] and [OpenBare].
//
// A segment stays when all processes have ended, until [Remove] takes its name and the last mapping is gone, or the machine is started anew. What is published
// is whole: an attacher never meets a header or an array that is half written, and a program that is killed before it
// publishes leaves nothing behind. There are no locks in a segment, so that nobody's death stops anybody. Who writes what others read
// meanwhile sees to their synchronisation, as with slices.
//
// Other programs make segments that have their name from the beginning. Their header says whether it is ready, and a lock of the
// system's whether somebody is at work on it: [Open] answers [ErrNotReady], and [ErrAbandoned] where the maker ended.
//
// Segments are known on Linux, where they are files in /dev/shm. Elsewhere everything is errors.ErrUnsupported.
package shm
