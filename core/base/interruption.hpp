#pragma once

namespace saccade {

/// For a program's start: a signal that asks it to end (Ctrl-C, SIGTERM, SIGHUP) ends it without a half-written file
/// left behind; and a file that grows beyond the system's limit is an error of the writing, not the program's end.
/// Signals that the program was told to ignore stay ignored.
void prepare_for_interruptions();

/// As long as it lives, the first signal of those does not end the program: the work at hand looks for it and ends in
/// good order. A second one ends it as ever. There is one at a time.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// The signal's number; 0: none has come.
  int signal() const;
};

/// A file that must not outlive an interruption, until it is forgotten again. The name must stay where it is.
void remember_unfinished(const char* name);
void forget_unfinished(const char* name);

}  // namespace saccade
