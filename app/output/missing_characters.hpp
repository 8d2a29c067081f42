#pragma once

#include <string>

#include "vision/drawing/font.hpp"

namespace saccade::app {

/// A note about the drawn characters that no font of the system has; empty if there are none.
std::string missing_characters_note(const vision::Font& font);

}  // namespace saccade::app
