#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <ATen/ATen.h>

#include "models/weights/expansion_budget.hpp"
#include "models/weights/pickle.hpp"
#include "models/weights/state_dict.hpp"

/// What torch means by the calls and persistent identifiers in its pickles (torch/_utils.py and
/// torch/serialization.py).
namespace saccade::models {

/// A storage: a run of numbers outside of the pickle that tensors are views of. The identifier in the pickle is
/// ('storage', torch.FloatStorage, key, location, numel[, view]); the location (a device) does not matter here.
struct StorageId {
  std::string key;
  at::ScalarType dtype = at::kFloat;
  std::int64_t numel = 0;
  std::int64_t bytes = 0;       ///< numel times the size of one
  std::int64_t first = 0;       ///< offset of the view; 0 without a view
  std::int64_t view_numel = 0;  ///< the numbers in the view; numel without a view
};

/// Whether a state dict's pickle may name this global: torch._utils._rebuild_tensor_v2 (and its predecessor
/// _rebuild_tensor), _rebuild_parameter, torch.nn.parameter.Parameter, torch.Size, and the storage classes of float64,
/// 32, 16, bfloat16, int64, 32, 16, 8, uint8 and bool, in torch, torch.cuda and torch.storage.
bool is_state_dict_global(std::string_view name);

/// The same of the pickle of a TorchScript program: also its classes (`__torch__.` ...), whose code is not read, and
/// what attributes that are no weights are made of (torch.device, torch.jit._pickle).
bool is_program_global(std::string_view name);

/// Parses the identifier of a storage. Throws Error if it is malformed.
StorageId storage_id(const pickle::Persistent& persistent, const std::string& file);

/// Returns the elements of a storage as a tensor [numel] of type `dtype`. Called once per key.
using StorageLoader = std::function<at::Tensor(const StorageId&)>;

/// The tensors of a pickle, by the rule that read_pytorch_file documents. Throws Error.
StateDict state_dict_of(const pickle::Value& root, const StorageLoader& load, ExpansionBudget budget,
                        const std::string& file);

/// The parameters and buffers of a TorchScript program's object, by the names that `state_dict()` gives them; its other
/// attributes are passed over. Throws Error.
StateDict program_tensors_of(const pickle::Value& root, const StorageLoader& load, ExpansionBudget budget,
                             const std::string& file);

}  // namespace saccade::models
