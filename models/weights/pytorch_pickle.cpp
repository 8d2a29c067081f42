#include "models/weights/pytorch_pickle.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"

namespace saccade::models {
namespace {

using pickle::Value;

constexpr std::string_view kRebuildTensor = "torch._utils._rebuild_tensor";
constexpr std::string_view kRebuildTensor2 = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter = "torch._utils._rebuild_parameter";
constexpr std::string_view kParameter = "torch.nn.parameter.Parameter";
constexpr std::string_view kSize = "torch.Size";

constexpr std::array kCalls{kRebuildTensor, kRebuildTensor2, kRebuildParameter, kParameter, kSize};

constexpr std::array<std::pair<std::string_view, at::ScalarType>, 11> kStorages{{
    {"DoubleStorage", at::kDouble},
    {"FloatStorage", at::kFloat},
    {"HalfStorage", at::kHalf},
    {"BFloat16Storage", at::kBFloat16},
    {"LongStorage", at::kLong},
    {"IntStorage", at::kInt},
    {"ShortStorage", at::kShort},
    {"CharStorage", at::kChar},
    {"ByteStorage", at::kByte},
    {"BoolStorage", at::kBool},
    {"UntypedStorage", at::kByte},
}};

constexpr std::string_view kProgramClass = "__torch__.";
constexpr std::string_view kProgramPickle = "torch.jit._pickle.";
constexpr std::string_view kDevice = "torch.device";
/// Far more than a network has, so that one who refers to a part of it again and again does not keep us for ever.
constexpr std::size_t kMostAttributes = 1'000'000;
constexpr int kDeepestModule = 64;

constexpr std::size_t kMostDimensions = 64;  // LibTorch's own limit
/// Above the size of any file, and low enough that sums of offsets do not overflow.
constexpr std::int64_t kMostBytes = std::int64_t{1} << 60;

std::optional<at::ScalarType> storage_dtype(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view module = name.substr(0, dot);
  if (module != "torch" && module != "torch.cuda" && module != "torch.storage") return std::nullopt;
  const std::string_view type = name.substr(dot + 1);
  const auto found =
      std::find_if(kStorages.begin(), kStorages.end(), [&](const auto& entry) { return entry.first == type; });
  if (found == kStorages.end()) return std::nullopt;
  return found->second;
}

/// a * b of non-negative numbers, or nothing on overflow.
std::optional<std::int64_t> product(std::int64_t a, std::int64_t b) {
  if (a != 0 && b > std::numeric_limits<std::int64_t>::max() / a) return std::nullopt;
  return a * b;
}

/// Rebuilds tensors, and keeps the storages that were loaded, for tensors that share one.
class Rebuilder {
 public:
  Rebuilder(const StorageLoader& load, ExpansionBudget budget, const std::string& file)
      : load_(load), budget_(budget), file_(file) {}

  /// The tensor or parameter `name` from the calls that make it.
  at::Tensor tensor(const std::string& name, const Value& value);

 private:
  [[noreturn]] void fail(const std::string& name, std::string_view what) const {
    throw Error("{}: the tensor '{}' {}", file_, excerpt(name), what);
  }

  const Value& parameter_data(const std::string& name, const pickle::Call& call) const;
  std::int64_t natural(const std::string& name, const Value& value) const;
  std::vector<std::int64_t> naturals(const std::string& name, const Value& value) const;
  at::Tensor storage(const StorageId& id);

  const StorageLoader& load_;
  ExpansionBudget budget_;
  const std::string& file_;
  std::map<std::string, at::Tensor> storages_;
};

/// Both parameter calls take the data first: _rebuild_parameter(data, requires_grad, hooks) and, in old files,
/// Parameter(data) with the state (requires_grad, volatile, hooks).
const Value& Rebuilder::parameter_data(const std::string& name, const pickle::Call& call) const {
  if (call.arguments->items.empty()) fail(name, "is a parameter without data");
  const auto* const state = call.state != nullptr ? call.state->as<pickle::Tuple>() : nullptr;
  if (call.state != nullptr && (state == nullptr || state->items.size() != 3)) {
    fail(name, "is a parameter with a state of an unknown form");
  }
  return *call.arguments->items.front();
}

std::int64_t Rebuilder::natural(const std::string& name, const Value& value) const {
  const auto* const number = value.as<std::int64_t>();
  if (number == nullptr || *number < 0) fail(name, "has a size, stride or offset that is not a natural number");
  return *number;
}

/// A tuple of natural numbers, or torch.Size of one.
std::vector<std::int64_t> Rebuilder::naturals(const std::string& name, const Value& value) const {
  const auto* tuple = value.as<pickle::Tuple>();
  if (const auto* const call = value.as<pickle::Call>(); call != nullptr && call->function == kSize) {
    if (call->arguments->items.size() == 1) tuple = call->arguments->items.front()->as<pickle::Tuple>();
  }
  if (tuple == nullptr) fail(name, "has a size or stride that is not a tuple");
  if (tuple->items.size() > kMostDimensions) fail(name, "has more than 64 dimensions");
  std::vector<std::int64_t> numbers;
  for (const Value* const item : tuple->items) numbers.push_back(natural(name, *item));
  return numbers;
}

at::Tensor Rebuilder::storage(const StorageId& id) {
  auto found = storages_.find(id.key);
  if (found == storages_.end()) {
    at::Tensor numbers = load_(id);
    // A bool is read as the byte it is stored in; any but 0 and 1 would be undefined behavior.
    if (id.dtype == at::kBool && id.numel > 0 && numbers.view(at::kByte).max().item<std::uint8_t>() > 1) {
      throw Error("{}: the storage '{}' of bools holds other bytes than 0 and 1", file_, excerpt(id.key));
    }
    found = storages_.emplace(id.key, std::move(numbers)).first;
  }
  if (found->second.scalar_type() != id.dtype || found->second.numel() != id.numel) {
    throw Error("{}: the storage '{}' is used with two types or lengths", file_, excerpt(id.key));
  }
  return found->second.narrow(0, id.first, id.view_numel);
}

at::Tensor Rebuilder::tensor(const std::string& name, const Value& value) {
  const auto* call = value.as<pickle::Call>();
  if (call != nullptr && (call->function == kRebuildParameter || call->function == kParameter)) {
    call = parameter_data(name, *call).as<pickle::Call>();
  }
  const bool first_version = call != nullptr && call->function == kRebuildTensor;
  if (call == nullptr || (!first_version && call->function != kRebuildTensor2)) {
    throw Error("{}: '{}' is {}, not a tensor", file_, excerpt(name), pickle::kind_of(value));
  }
  // Version 2: (storage, offset, size, stride, requires_grad, hooks[, metadata]).
  const std::vector<const Value*>& arguments = call->arguments->items;
  const bool counted = first_version ? arguments.size() == 4 : arguments.size() == 6 || arguments.size() == 7;
  if (!counted || call->state != nullptr) fail(name, "is rebuilt in an unknown way");
  if (arguments.size() == 7) {
    const auto* const metadata = arguments[6]->as<pickle::Dict>();
    if (arguments[6]->as<pickle::None>() == nullptr && (metadata == nullptr || !metadata->items.empty())) {
      fail(name, "carries metadata (a conjugate or negative view) that is not supported");
    }
  }
  const auto* const persistent = arguments[0]->as<pickle::Persistent>();
  if (persistent == nullptr) fail(name, "has no storage");
  const StorageId id = storage_id(*persistent, file_);
  const std::int64_t offset = natural(name, *arguments[1]);
  const std::vector<std::int64_t> sizes = naturals(name, *arguments[2]);
  const std::vector<std::int64_t> strides = naturals(name, *arguments[3]);
  if (sizes.size() != strides.size()) fail(name, "has another number of sizes than of strides");

  // The farthest element is at offset + sum of (size - 1) * stride. A dimension of size 0 leaves no element at all.
  std::int64_t numel = 1;
  std::int64_t last = offset;
  const bool empty = std::find(sizes.begin(), sizes.end(), 0) != sizes.end();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto count = product(numel, std::max<std::int64_t>(sizes[i], 1));
    const auto extent = empty ? std::optional<std::int64_t>(0) : product(sizes[i] - 1, strides[i]);
    if (!count || !extent || *extent > id.view_numel) fail(name, "reaches beyond its storage");
    numel = *count;
    last = std::min(last, id.view_numel) + *extent;
  }
  if (empty ? offset > id.view_numel : last >= id.view_numel || offset >= id.view_numel) {
    fail(name, "reaches beyond its storage");
  }
  const auto element_size = static_cast<std::int64_t>(at::elementSize(id.dtype));
  const auto bytes = product(numel, element_size);
  if (!bytes) fail(name, "is too large");
  budget_.spend(empty ? 0 : static_cast<std::uint64_t>(*bytes), "the tensor '" + excerpt(name) + "'", file_);
  return storage(id).as_strided(sizes, strides, id.first + offset);
}

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

bool is_module(const pickle::Call* call) {
  return call != nullptr && begins_with(call->function, kProgramClass);
}

bool is_tensor(const pickle::Call* call) {
  return call != nullptr && (call->function == kRebuildTensor || call->function == kRebuildTensor2 ||
                             call->function == kRebuildParameter || call->function == kParameter);
}

/// Walks through the modules of a TorchScript program and takes their tensors.
class ProgramTensors {
 public:
  ProgramTensors(Rebuilder& rebuilder, const std::string& file) : rebuilder_(rebuilder), file_(file) {}

  void take(const pickle::Call& module, const std::string& prefix, int depth) {
    const auto* const state = module.state != nullptr ? module.state->as<pickle::Dict>() : nullptr;
    if (state == nullptr) return;
    attributes_ += state->items.size() + 1;
    if (attributes_ > kMostAttributes || depth > kDeepestModule) {
      throw Error("{}: its modules are too many, or nested too deeply, for a network", file_);
    }
    for (const auto& [key, value] : state->items) {
      const auto* const name = key->as<std::string_view>();
      const auto* const call = value->as<pickle::Call>();
      if (name == nullptr || call == nullptr) continue;
      const std::string full = prefix + std::string(*name);
      if (is_module(call)) take(*call, full + '.', depth + 1);
      if (is_tensor(call) && !weights_.emplace(full, rebuilder_.tensor(full, *value)).second) {
        throw Error("{}: the tensor '{}' is there twice", file_, excerpt(full));
      }
    }
  }

  StateDict weights() { return std::move(weights_); }

 private:
  Rebuilder& rebuilder_;
  const std::string& file_;
  StateDict weights_;
  std::size_t attributes_ = 0;
};

/// The dict of tensors in a file's top-level object: that under 'state_dict' or 'model', else the object itself.
const pickle::Dict& state_dict_in(const Value& root, const std::string& file) {
  const auto* const outer = root.as<pickle::Dict>();
  if (outer == nullptr) {
    throw Error("{}: not a state dict: the file's object is {}, not a dict", file, pickle::kind_of(root));
  }
  for (const std::string_view wanted : {"state_dict", "model"}) {
    for (const auto& [key, value] : outer->items) {
      const auto* const name = key->as<std::string_view>();
      const auto* const inner = value->as<pickle::Dict>();
      if (name != nullptr && *name == wanted && inner != nullptr) return *inner;
    }
  }
  return *outer;
}

}  // namespace

bool is_state_dict_global(std::string_view name) {
  return std::find(kCalls.begin(), kCalls.end(), name) != kCalls.end() || storage_dtype(name).has_value();
}

bool is_program_global(std::string_view name) {
  return is_state_dict_global(name) || name == kDevice || begins_with(name, kProgramClass) ||
         begins_with(name, kProgramPickle);
}

StorageId storage_id(const pickle::Persistent& persistent, const std::string& file) {
  const auto fail = [&file]() -> StorageId { throw Error("{}: its pickle has a malformed storage identifier", file); };
  const auto* const tuple = persistent.id->as<pickle::Tuple>();
  if (tuple == nullptr || tuple->items.size() < 5 || tuple->items.size() > 6) return fail();
  const auto& items = tuple->items;
  const auto* const kind = items[0]->as<std::string_view>();
  const auto* const type = items[1]->as<pickle::Global>();
  const auto* const key = items[2]->as<std::string_view>();
  const auto* const numel = items[4]->as<std::int64_t>();
  if (kind == nullptr || *kind != "storage" || type == nullptr || key == nullptr || numel == nullptr) return fail();
  const auto dtype = storage_dtype(type->name);
  if (!dtype || *numel < 0) return fail();
  const auto bytes = product(*numel, static_cast<std::int64_t>(at::elementSize(*dtype)));
  if (!bytes || *bytes > kMostBytes) return fail();
  StorageId id{std::string(*key), *dtype, *numel, *bytes, 0, *numel};
  if (items.size() == 5 || items[5]->as<pickle::None>() != nullptr) return id;

  // Old files have views of storages: (key, first, numel).
  const auto* const view = items[5]->as<pickle::Tuple>();
  if (view == nullptr || view->items.size() != 3) return fail();
  const auto* const first = view->items[1]->as<std::int64_t>();
  const auto* const view_numel = view->items[2]->as<std::int64_t>();
  if (first == nullptr || view_numel == nullptr || *first < 0 || *view_numel < 0) return fail();
  if (*first > *numel || *view_numel > *numel - *first) return fail();
  id.first = *first;
  id.view_numel = *view_numel;
  return id;
}

StateDict state_dict_of(const Value& root, const StorageLoader& load, ExpansionBudget budget, const std::string& file) {
  Rebuilder rebuilder(load, budget, file);
  StateDict weights;
  for (const auto& [key, value] : state_dict_in(root, file).items) {
    const auto* const name = key->as<std::string_view>();
    if (name == nullptr) throw Error("{}: not a state dict: a key is {}, not a string", file, pickle::kind_of(*key));
    const std::string text(*name);
    if (!weights.emplace(text, rebuilder.tensor(text, *value)).second) {
      throw Error("{}: the tensor '{}' is there twice", file, excerpt(text));
    }
  }
  return weights;
}

StateDict program_tensors_of(const Value& root, const StorageLoader& load, ExpansionBudget budget,
                             const std::string& file) {
  const auto* const module = root.as<pickle::Call>();
  if (!is_module(module)) {
    throw Error("{}: not a TorchScript program: its object is {}, not a module", file, pickle::kind_of(root));
  }
  Rebuilder rebuilder(load, budget, file);
  ProgramTensors tensors(rebuilder, file);
  tensors.take(*module, "", 0);
  return tensors.weights();
}

}  // namespace saccade::models
