#pragma once

#include <string>
#include <string_view>

namespace saccade {

/// Bytes as text of letters, digits, + and /, padded with = (RFC 4648, 4).
std::string base64(std::string_view bytes);

}  // namespace saccade
