#pragma once

#include <cstddef>
#include <string>

namespace saccade::app {

/// A socket that listens at an address, and the port that it got.
struct Listener {
  int socket = -1;
  int port = 0;
};

/// Throws Error, naming the address, when nothing can listen there.
Listener listen_at(const std::string& host, int port);

/// Asks the system for as many open files as so many connections need; returns how many connections fit.
std::size_t connections_that_fit(std::size_t wanted);

}  // namespace saccade::app
