// Exact fractions for exponents, over Boost.Rational.
//
// Boost 1.74 (Debian 12) cannot compare a fraction with an integer in C++20: the rewritten candidate of its own
// `integer == rational` is chosen inside that very function, which then calls itself until the stack ends. A function
// that is no template wins over both, here and inside Boost; newer versions of Boost are not disturbed by it.
#pragma once

#include <boost/rational.hpp>
#include <cstdint>

namespace boost {

constexpr bool operator==(const rational<std::int64_t>& a, std::int64_t b) {
  return a.denominator() == 1 && a.numerator() == b;
}
constexpr bool operator==(const rational<std::int64_t>& a, int b) { return a == std::int64_t{b}; }

}  // namespace boost

namespace nusselt {

using Rational = boost::rational<std::int64_t>;

}  // namespace nusselt
