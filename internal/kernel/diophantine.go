package kernel

import (
	"math/bits"
	"slices"
)

// Outcome answers a question whose answer may take longer to find than it is worth.
type Outcome byte

const (
	No Outcome = iota
	Yes
	Undecided // the budget ran out
)

// term is coefficient*x in a sum, where x is any integer from 0 to most.
type term struct{ coefficient, most int64 }

// solve tells whether the terms can come to target: a bounded linear Diophantine equation, as
// NumPy's solve_may_share_memory has it. That is as hard as subset sum, so that the search ends
// after budget steps, which it takes from there.
//
// Coefficients are positive or zero. No sum of terms may overflow, which those of arrays in memory don't.
func solve(terms []term, target int64, budget *int) Outcome {
	terms = simplify(terms)
	s := search{terms: terms, reach: make([]int64, len(terms)+1), divisor: make([]int64, len(terms)+1), budget: budget}
	for k, t := range terms {
		s.reach[k+1] = s.reach[k] + t.coefficient*t.most
		s.divisor[k+1] = gcd(s.divisor[k], t.coefficient)
	}
	if target < 0 || target > s.reach[len(terms)] {
		return No
	}
	return s.find(len(terms), target)
}

// simplify drops terms that are always zero, puts small coefficients first, and makes one term of
// two wherever the larger one continues the smaller: a*x with x up to m, and c*a*y with c <= m+1,
// come to the same as a*z with z up to m + c*n. Contiguous dimensions become one like this.
func simplify(terms []term) []term {
	terms = slices.DeleteFunc(slices.Clone(terms), func(t term) bool { return t.coefficient == 0 || t.most == 0 })
	slices.SortFunc(terms, func(a, b term) int {
		if a.coefficient < b.coefficient {
			return -1
		}
		return int(min(a.coefficient-b.coefficient, 1))
	})
	for i := 0; i < len(terms); i++ {
		t := &terms[i]
		rest := terms[:i+1]
		for _, next := range terms[i+1:] {
			if c := next.coefficient / t.coefficient; next.coefficient%t.coefficient == 0 && c <= t.most+1 {
				t.most += c * next.most
			} else {
				rest = append(rest, next)
			}
		}
		terms = rest
	}
	return terms
}

type search struct {
	terms   []term
	reach   []int64 // the most that the first k terms come to
	divisor []int64 // their greatest common divisor
	budget  *int
}

// find chooses the last of the first k terms so that the others, by their reach and their divisor,
// may come to the rest. Large coefficients leave few choices, so they come first. The last choice of two
// terms is exact.
func (s *search) find(k int, target int64) Outcome {
	if k == 0 {
		return outcome(target == 0)
	}
	if *s.budget--; *s.budget < 0 {
		return Undecided
	}
	if target%s.divisor[k] != 0 {
		return No
	}
	a := s.terms[k-1].coefficient
	low, high := max(0, ceilDiv(target-s.reach[k-1], a)), min(s.terms[k-1].most, target/a)
	// a*x leaves the rest divisible where x is first, or any multiple of step after it.
	step := max(1, s.divisor[k-1]/s.divisor[k])
	first := mulMod(target/s.divisor[k], inverse(a/s.divisor[k], step), step)
	if first < low {
		first += ceilDiv(low-first, step) * step
	}
	for x := first; x <= high; x += step {
		if found := s.find(k-1, target-a*x); found != No {
			return found
		}
	}
	return No
}

func outcome(yes bool) Outcome {
	if yes {
		return Yes
	}
	return No
}

// ceilDiv divides by a positive number.
func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// inverse returns the x below n with a*x = 1 modulo n. The two have no common divisor.
func inverse(a, n int64) int64 {
	x, y := int64(0), int64(1)
	for r, q := n, a%n; q != 0; r, q = q, r%q {
		x, y = y, x-r/q*y
	}
	if x < 0 {
		x += n
	}
	return x % n
}

func mulMod(a, b, n int64) int64 {
	high, low := bits.Mul64(uint64(a%n), uint64(b))
	return int64(bits.Rem64(high, low, uint64(n)))
}
