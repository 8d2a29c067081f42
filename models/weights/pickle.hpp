#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Reads Python pickles without executing them. A pickle is a program for a stack machine that can import names and
/// call functions. This reader only records allowed names and calls, and returns a tree of plain values. It supports
/// the instructions of protocols 0 to 5 that `torch.save` writes (see Python's pickletools).
namespace saccade::models::pickle {

struct Value;

struct None {};

/// An integer of more than 64 bits: its two's complement, lowest byte first.
struct Long {
  std::string_view bytes;
};

struct Bytes {
  std::string_view bytes;
};

struct Tuple {
  std::vector<const Value*> items;
};

/// A list or a set.
struct List {
  std::vector<const Value*> items;
};

/// A dict or a collections.OrderedDict, in the order of its insertions; a key may be there twice.
struct Dict {
  std::vector<std::pair<const Value*, const Value*>> items;
};

/// An allowed name, "module.name".
struct Global {
  std::string name;
};

/// A recorded call: `function(*arguments)` and the state for its result, or null.
struct Call {
  std::string function;
  const Tuple* arguments;
  const Value* state;
};

/// An object outside the pickle (for torch: a storage), by its identifier.
struct Persistent {
  const Value* id;
};

/// Strings and bytes point into the pickle's own bytes.
struct Value {
  std::variant<None, bool, std::int64_t, double, std::string_view, Long, Bytes, Tuple, List, Dict, Global, Call,
               Persistent>
      content;

  /// The content if it has this type, otherwise null.
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&content);
  }
};

/// Type of a value for messages: "a dict", "a number".
std::string_view kind_of(const Value& value);

/// Whether a pickle may name this global, given as "module.name".
using Allowed = bool (*)(std::string_view name);

/// A parsed pickle. Its values live as long as this object and the input bytes.
class Pickle {
 public:
  /// Parses the pickle at the start of `bytes`. collections.OrderedDict is always allowed. Throws Error with `file` if
  /// the pickle is truncated or malformed, names a global that is not allowed, uses an unsupported instruction, or has
  /// more than four million instructions, which limits memory.
  Pickle(std::string_view bytes, Allowed allowed, const std::string& file);
  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;

  const Value& root() const { return *root_; }
  /// The number of bytes read.
  std::size_t size() const { return size_; }
  /// Every Persistent of the pickle, in the order of appearance.
  const std::vector<const Persistent*>& persistents() const { return persistents_; }

 private:
  class Machine;

  std::deque<Value> values_;  ///< owns all values, so that a deep or circular one is freed without recursion
  std::vector<const Persistent*> persistents_;
  const Value* root_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace saccade::models::pickle
