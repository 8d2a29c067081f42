#include "app/command.hpp"
namespace saccade::app { int run_evaluate(const std::vector<std::string>&) { return kFailure; } }
