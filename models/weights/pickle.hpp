#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// A reader of Python pickles that runs nothing. A pickle is a program for a small stack machine whose danger lies in
/// two instructions: "import this name" and "call that with these arguments". Here a name is only kept as text, and
/// only when the caller allows it, and a call is only written down; what comes out is a tree of plain values. The
/// instructions are those of protocols 0 to 5 that `torch.save` writes (see Python's pickletools for their meaning).
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

/// A call that was not made: `function(*arguments)`, and the state that was to be set on its result, or null.
struct Call {
  std::string function;
  const Tuple* arguments;
  const Value* state;
};

/// An object kept outside of the pickle (for torch: a storage), by its identifier.
struct Persistent {
  const Value* id;
};

/// Strings and bytes point into the pickle's own bytes.
struct Value {
  std::variant<None, bool, std::int64_t, double, std::string_view, Long, Bytes, Tuple, List, Dict, Global, Call,
               Persistent>
      content;

  /// The content when it is of this type, else null.
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&content);
  }
};

/// What a message calls a value: "a dict", "a number".
std::string_view kind_of(const Value& value);

/// Whether a pickle may name this global, given as "module.name".
using Allowed = bool (*)(std::string_view name);

/// One pickle, read. The values live as long as this object and the bytes it was read from.
class Pickle {
 public:
  /// Reads the pickle at the beginning of `bytes`; whatever follows it is not touched. collections.OrderedDict is
  /// always allowed. Throws Error (blaming `file`) when the pickle is truncated or malformed, names a global that is
  /// not allowed, uses an instruction that torch.save does not write, or has more than four million instructions, which
  /// bounds the memory.
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
