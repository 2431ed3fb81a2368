// The checksum of checkpoints and provenance (FIPS 180-4), by OpenSSL.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace nusselt {

/// SHA-256 of the pieces one after the other, as 64 lower-case hexadecimal digits.
std::string sha256(std::initializer_list<std::string_view> pieces);
std::string sha256(std::string_view bytes);

}  // namespace nusselt
