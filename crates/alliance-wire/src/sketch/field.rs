//! Arithmetic modulo the prime 2^61 − 1, in which a cell's sums are kept. Never knows what is summed.

/// The modulus: the largest Mersenne prime below 2^64, so that reduction is a shift and an addition.
pub(super) const PRIME: u64 = (1 << 61) - 1;

/// `a + b`, of two numbers below the modulus.
pub(super) const fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

/// `a − b`, of two numbers below the modulus.
pub(super) const fn subtract(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

/// `a · b`, of two numbers below the modulus.
pub(super) const fn multiply(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    // 2^61 is 1 here, so the high part counts as it stands.
    add((product as u64) & PRIME, (product >> 61) as u64)
}

/// `1 / a`, of a number that is not zero: a^(p − 2), since a^(p − 1) is 1.
pub(super) const fn invert(a: u64) -> u64 {
    // p − 2 in binary is fifty-nine ones, a zero and a one. Powers of 2^n − 1 are built by doubling n.
    let ones_2 = repeat(a, 1, a);
    let ones_4 = repeat(ones_2, 2, ones_2);
    let ones_7 = repeat(repeat(ones_4, 2, ones_2), 1, a);
    let ones_14 = repeat(ones_7, 7, ones_7);
    let ones_28 = repeat(ones_14, 14, ones_14);
    let ones_29 = repeat(ones_28, 1, a);
    let ones_58 = repeat(ones_29, 29, ones_29);
    let ones_59 = repeat(ones_58, 1, a);
    repeat(ones_59, 2, a)
}

/// `a^(2^squarings) · b`.
const fn repeat(a: u64, squarings: u32, b: u64) -> u64 {
    let mut power = a;
    let mut left = squarings;
    while left > 0 {
        power = multiply(power, power);
        left -= 1;
    }
    multiply(power, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_can_be_taken_away() {
        for (a, b) in [(0, 0), (1, PRIME - 1), (PRIME - 1, PRIME - 1), (5, 7), (0, PRIME - 1)] {
            assert!(add(a, b) < PRIME && subtract(a, b) < PRIME);
            assert_eq!(subtract(add(a, b), b), a);
            assert_eq!(
                u128::from(multiply(a, b)),
                u128::from(a) * u128::from(b) % u128::from(PRIME)
            );
        }
    }

    #[test]
    fn a_number_times_its_inverse_is_one() {
        for a in [1, 2, 3, 1 << 60, PRIME - 1, 0x0123_4567_89ab_cdef] {
            assert_eq!(multiply(a, invert(a)), 1, "{a}");
        }
    }
}
