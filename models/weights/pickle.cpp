#include "models/weights/pickle.hpp"

#include <charconv>
#include <cstring>
#include <unordered_map>

#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"
#include "models/weights/byte_reader.hpp"

namespace saccade::models::pickle {
namespace {

constexpr std::size_t kMostInstructions = std::size_t{1} << 22;
constexpr int kHighestProtocol = 5;
constexpr std::string_view kOrderedDict = "collections.OrderedDict";

enum class Opcode : char {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kInt = 'I',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kLong = 'L',
  kBinInt2 = 'M',
  kNone = 'N',
  kBinPersId = 'Q',
  kReduce = 'R',
  kBinString = 'T',
  kShortBinString = 'U',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kDict = 'd',
  kEmptyDict = '}',
  kAppends = 'e',
  kGet = 'g',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kList = 'l',
  kEmptyList = ']',
  kPut = 'p',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kBinFloat = 'G',
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kProto = '\x80',
  kNewObject = '\x81',
  kTuple1 = '\x85',
  kTuple2 = '\x86',
  kTuple3 = '\x87',
  kNewTrue = '\x88',
  kNewFalse = '\x89',
  kLong1 = '\x8a',
  kLong4 = '\x8b',
  kShortBinUnicode = '\x8c',
  kBinUnicode8 = '\x8d',
  kBinBytes8 = '\x8e',
  kEmptySet = '\x8f',
  kAddItems = '\x90',
  kFrozenSet = '\x91',
  kStackGlobal = '\x93',
  kMemoize = '\x94',
  kFrame = '\x95',
};

}  // namespace

std::string_view kind_of(const Value& value) {
  struct Visitor {
    std::string_view operator()(const None&) const { return "None"; }
    std::string_view operator()(const bool&) const { return "a bool"; }
    std::string_view operator()(const std::int64_t&) const { return "a number"; }
    std::string_view operator()(const double&) const { return "a number"; }
    std::string_view operator()(const std::string_view&) const { return "a string"; }
    std::string_view operator()(const Long&) const { return "a number"; }
    std::string_view operator()(const Bytes&) const { return "bytes"; }
    std::string_view operator()(const Tuple&) const { return "a tuple"; }
    std::string_view operator()(const List&) const { return "a list"; }
    std::string_view operator()(const Dict&) const { return "a dict"; }
    std::string_view operator()(const Global&) const { return "a class"; }
    std::string_view operator()(const Call&) const { return "an object"; }
    std::string_view operator()(const Persistent&) const { return "a storage"; }
  };
  return std::visit(Visitor{}, value.content);
}

/// The stack machine. Its stack and memo hold pointers to values that the Pickle owns.
class Pickle::Machine {
 public:
  Machine(std::string_view bytes, Allowed allowed, const std::string& file, Pickle& pickle)
      : reader_(bytes, file), allowed_(allowed), file_(file), pickle_(pickle) {}

  void run() {
    for (;;) {
      count(1);
      const auto opcode = reader_.number<Opcode>();
      if (opcode == Opcode::kStop) break;
      execute(opcode);
    }
    pickle_.root_ = pop();
    pickle_.size_ = reader_.position();
  }

 private:
  template <typename... Arguments>
  [[noreturn]] void fail(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    throw Error("{}: its pickle is not valid at byte {}: {}", file_, reader_.position(),
                fmt::format(format, std::forward<Arguments>(arguments)...));
  }

  void execute(Opcode opcode);

  /// Each instruction creates at most one value and moves pointers on the stack; costlier ones count more.
  void count(std::size_t instructions) {
    executed_ += instructions;
    if (executed_ > kMostInstructions) fail("it takes more than {} instructions", kMostInstructions);
  }

  // The stack. Values below the innermost mark are out of reach, as they are in Python.
  void push(Value* value) { stack_.push_back(value); }
  template <typename Content>
  void push_new(Content content) {
    push(&pickle_.values_.emplace_back(Value{std::move(content)}));
  }
  Value* top() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("its stack is empty");
    return stack_.back();
  }
  Value* pop() {
    Value* const value = top();
    stack_.pop_back();
    return value;
  }
  template <typename Content>
  Content& pop_as(const char* expected) {
    return as<Content>(pop(), expected);
  }
  template <typename Content>
  Content& as(Value* value, const char* expected) {
    auto* const content = std::get_if<Content>(&value->content);
    if (content == nullptr) fail("expected {}, found {}", expected, kind_of(*value));
    return *content;
  }
  /// Pops the innermost mark and everything above it.
  std::vector<const Value*> pop_to_mark() {
    if (marks_.empty()) fail("a mark is missing");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<const Value*> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
  }

  // The memo, by which a pickle refers to a value again.
  void put(std::uint64_t index) { memo_[index] = top(); }
  void get(std::uint64_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) fail("it refers to value {}, which was not stored", index);
    push(found->second);
  }

  std::int64_t decimal(std::string_view text) const {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) fail("'{}' is not a number", excerpt(text));
    return number;
  }
  std::uint64_t decimal_index(std::string_view text) const {
    const std::int64_t number = decimal(text);
    if (number < 0) fail("it refers to a value by the number {}", number);
    return static_cast<std::uint64_t>(number);
  }

  void push_decimal_int(std::string_view text);
  void push_long(std::string_view bytes);
  void push_float();
  void push_tuple(std::size_t count);
  void push_global(std::string name);
  void push_call();
  void append(const std::vector<const Value*>& items);
  void set_items(Dict& dict, const std::vector<const Value*>& items);
  Dict ordered_dict(const Tuple& arguments);
  void build();

  ByteReader reader_;
  Allowed allowed_;
  const std::string& file_;
  Pickle& pickle_;
  std::size_t executed_ = 0;
  std::vector<Value*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint64_t, Value*> memo_;
};

void Pickle::Machine::execute(Opcode opcode) {
  switch (opcode) {
    case Opcode::kProto: {
      const int protocol = reader_.number<std::uint8_t>();
      if (protocol > kHighestProtocol) fail("its protocol is {}, the highest known is {}", protocol, kHighestProtocol);
      return;
    }
    case Opcode::kFrame:
      reader_.take(8);  // the frame's length only helps a reader that buffers
      return;

    case Opcode::kMark:
      return marks_.push_back(stack_.size());
    case Opcode::kPop:
      // Python writes POP for an empty stretch above a mark, too.
      if (!marks_.empty() && marks_.back() == stack_.size()) return marks_.pop_back();
      pop();
      return;
    case Opcode::kPopMark:
      pop_to_mark();
      return;
    case Opcode::kDup:
      return push(top());

    case Opcode::kPut:
      return put(decimal_index(reader_.line()));
    case Opcode::kBinPut:
      return put(reader_.number<std::uint8_t>());
    case Opcode::kLongBinPut:
      return put(reader_.number<std::uint32_t>());
    case Opcode::kMemoize:
      return put(memo_.size());
    case Opcode::kGet:
      return get(decimal_index(reader_.line()));
    case Opcode::kBinGet:
      return get(reader_.number<std::uint8_t>());
    case Opcode::kLongBinGet:
      return get(reader_.number<std::uint32_t>());

    case Opcode::kNone:
      return push_new(None{});
    case Opcode::kNewTrue:
      return push_new(true);
    case Opcode::kNewFalse:
      return push_new(false);
    case Opcode::kInt:
      return push_decimal_int(reader_.line());
    case Opcode::kBinInt:
      return push_new(std::int64_t{reader_.number<std::int32_t>()});
    case Opcode::kBinInt1:
      return push_new(std::int64_t{reader_.number<std::uint8_t>()});
    case Opcode::kBinInt2:
      return push_new(std::int64_t{reader_.number<std::uint16_t>()});
    case Opcode::kLong: {
      const std::string_view text = reader_.line();
      return push_new(decimal(text.substr(0, text.size() - (!text.empty() && text.back() == 'L' ? 1 : 0))));
    }
    case Opcode::kLong1:
      return push_long(reader_.take(reader_.number<std::uint8_t>()));
    case Opcode::kLong4:
      return push_long(reader_.take(reader_.number<std::uint32_t>()));
    case Opcode::kBinFloat:
      return push_float();

    // A Python 2 string is read as text: the names in its files are plain ASCII.
    case Opcode::kShortBinString:
    case Opcode::kShortBinUnicode:
      return push_new(reader_.take(reader_.number<std::uint8_t>()));
    case Opcode::kBinString:
    case Opcode::kBinUnicode:
      return push_new(reader_.take(reader_.number<std::uint32_t>()));
    case Opcode::kBinUnicode8:
      return push_new(reader_.take(reader_.number<std::uint64_t>()));
    case Opcode::kShortBinBytes:
      return push_new(Bytes{reader_.take(reader_.number<std::uint8_t>())});
    case Opcode::kBinBytes:
      return push_new(Bytes{reader_.take(reader_.number<std::uint32_t>())});
    case Opcode::kBinBytes8:
      return push_new(Bytes{reader_.take(reader_.number<std::uint64_t>())});

    case Opcode::kEmptyTuple:
      return push_new(Tuple{});
    case Opcode::kTuple1:
      return push_tuple(1);
    case Opcode::kTuple2:
      return push_tuple(2);
    case Opcode::kTuple3:
      return push_tuple(3);
    case Opcode::kTuple:
      return push_new(Tuple{pop_to_mark()});
    case Opcode::kEmptyList:
    case Opcode::kEmptySet:
      return push_new(List{});
    case Opcode::kList:
    case Opcode::kFrozenSet:
      return push_new(List{pop_to_mark()});
    case Opcode::kAppend:
      return append({pop()});
    case Opcode::kAppends:
    case Opcode::kAddItems:
      return append(pop_to_mark());
    case Opcode::kEmptyDict:
      return push_new(Dict{});
    case Opcode::kDict: {
      Dict dict;
      set_items(dict, pop_to_mark());
      return push_new(std::move(dict));
    }
    case Opcode::kSetItem: {
      const Value* const value = pop();
      const Value* const key = pop();
      return set_items(as<Dict>(top(), "a dict"), {key, value});
    }
    case Opcode::kSetItems: {
      const std::vector<const Value*> items = pop_to_mark();
      return set_items(as<Dict>(top(), "a dict"), items);
    }

    case Opcode::kGlobal: {
      std::string name(reader_.line());
      name += '.';
      name += reader_.line();
      return push_global(std::move(name));
    }
    case Opcode::kStackGlobal: {
      const std::string_view name = pop_as<std::string_view>("a string");
      const std::string_view module = pop_as<std::string_view>("a string");
      return push_global(std::string(module) + '.' + std::string(name));
    }
    case Opcode::kReduce:
    case Opcode::kNewObject:
      return push_call();
    case Opcode::kBuild:
      return build();
    case Opcode::kBinPersId:
      push_new(Persistent{pop()});
      return pickle_.persistents_.push_back(stack_.back()->as<Persistent>());

    case Opcode::kStop:
      break;
  }
  fail("the instruction with code {} is not one that torch.save writes",
       static_cast<int>(static_cast<unsigned char>(opcode)));
}

/// Protocol 1 has no instruction for a bool: it writes "I01" and "I00".
void Pickle::Machine::push_decimal_int(std::string_view text) {
  if (text == "00" || text == "01") return push_new(text == "01");
  push_new(decimal(text));
}

void Pickle::Machine::push_long(std::string_view bytes) {
  if (bytes.size() > sizeof(std::int64_t)) return push_new(Long{bytes});
  const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
  std::int64_t number = negative ? -1 : 0;
  if (!bytes.empty()) std::memcpy(&number, bytes.data(), bytes.size());
  push_new(number);
}

/// Reads the only big-endian number of a pickle.
void Pickle::Machine::push_float() {
  std::uint64_t bits = 0;
  for (const char byte : reader_.take(sizeof(double))) bits = bits << 8U | static_cast<unsigned char>(byte);
  double number = 0;
  std::memcpy(&number, &bits, sizeof(number));
  push_new(number);
}

void Pickle::Machine::push_tuple(std::size_t count) {
  Tuple tuple{std::vector<const Value*>(count)};
  for (auto item = tuple.items.rbegin(); item != tuple.items.rend(); ++item) *item = pop();
  push_new(std::move(tuple));
}

void Pickle::Machine::push_global(std::string name) {
  if (name != kOrderedDict && !allowed_(name)) {
    throw Error("{}: its pickle asks for '{}', which is not allowed", file_, excerpt(name));
  }
  push_new(Global{std::move(name)});
}

void Pickle::Machine::push_call() {
  const Tuple& arguments = pop_as<Tuple>("a tuple of arguments");
  const std::string& function = pop_as<Global>("a function").name;
  if (function == kOrderedDict) return push_new(ordered_dict(arguments));
  push_new(Call{function, &arguments, nullptr});
}

void Pickle::Machine::append(const std::vector<const Value*>& items) {
  List& list = as<List>(top(), "a list");
  list.items.insert(list.items.end(), items.begin(), items.end());
}

void Pickle::Machine::set_items(Dict& dict, const std::vector<const Value*>& items) {
  if (items.size() % 2 != 0) fail("a key of a dict has no value");
  for (std::size_t i = 0; i < items.size(); i += 2) dict.items.emplace_back(items[i], items[i + 1]);
}

/// Python 3 makes an empty one and sets its items after; Python 2 passes a list of [key, value] lists.
Dict Pickle::Machine::ordered_dict(const Tuple& arguments) {
  Dict dict;
  if (arguments.items.empty()) return dict;
  const auto* const pairs = arguments.items.size() == 1 ? arguments.items.front()->as<List>() : nullptr;
  if (pairs == nullptr) fail("an OrderedDict is made of one list of pairs");
  count(pairs->items.size());
  for (const Value* const item : pairs->items) {
    const auto* const list = item->as<List>();
    const auto* const tuple = item->as<Tuple>();
    const auto& pair = list != nullptr ? list->items : tuple != nullptr ? tuple->items : pairs->items;
    if ((list == nullptr && tuple == nullptr) || pair.size() != 2) fail("an OrderedDict is made of one list of pairs");
    dict.items.emplace_back(pair[0], pair[1]);
  }
  return dict;
}

/// Attributes set on a dict (the `_metadata` of a state dict) are dropped; those set on a call's result are written
/// down.
void Pickle::Machine::build() {
  const Value* const state = pop();
  Value* const object = top();
  if (object->as<Dict>() != nullptr) return;
  as<Call>(object, "an object").state = state;
}

Pickle::Pickle(std::string_view bytes, Allowed allowed, const std::string& file) {
  Machine(bytes, allowed, file, *this).run();
}

}  // namespace saccade::models::pickle
