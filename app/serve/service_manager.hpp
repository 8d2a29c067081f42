#pragma once

#include <string>

namespace saccade::app {

/// Tells systemd the state of the service ("READY=1", "STOPPING=1"), where it started the program and asked for that.
void notify_service_manager(const std::string& state);

}  // namespace saccade::app
