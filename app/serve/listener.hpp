#pragma once

#include <cstddef>
#include <string>

namespace saccade::app {

/// A listening socket and its port.
struct Listener {
  int socket = -1;
  int port = 0;
};

/// Throws Error with the address if the socket cannot listen there.
Listener listen_at(const std::string& host, int port);

/// Raises the limit of open files for this many connections; returns the number that the limit allows.
std::size_t connections_that_fit(std::size_t wanted);

}  // namespace saccade::app
