#pragma once

#include <string>

namespace saccade::app {

/// Reports a state ("READY=1", "STOPPING=1") to systemd if it started the program with Type=notify.
void notify_service_manager(const std::string& state);

}  // namespace saccade::app
