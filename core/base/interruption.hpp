#pragma once

namespace saccade {

/// Call it at program start. SIGINT, SIGTERM and SIGHUP then end the program without leaving partial files, and
/// exceeding the file size limit becomes a write error. Ignored signals stay ignored.
void prepare_for_interruptions();

/// While an instance exists, the first of these signals does not end the program; the caller checks it and finishes
/// cleanly. A second one ends the program. At most one instance may exist.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// The number of the received signal, or 0.
  int signal() const;
};

/// Registers a file to remove on interruption, until forgotten. The name must stay valid.
void remember_unfinished(const char* name);
void forget_unfinished(const char* name);

}  // namespace saccade
