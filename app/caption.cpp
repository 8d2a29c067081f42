#include "app/command.hpp"
namespace saccade::app { int run_caption(const std::vector<std::string>&) { return kFailure; } }
