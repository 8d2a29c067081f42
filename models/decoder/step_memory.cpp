#include "models/decoder/step_memory.hpp"

namespace saccade::models {

StepMemory::StepMemory(const Memory& memory, const torch::Tensor& image) : annotations_(memory.annotations) {
  for (const auto& key : memory.keys) keys_.emplace_back(key.index_select(0, image));
  if (memory.values.defined()) values_.emplace_back(memory.values);
}

Memory StepMemory::first(std::int64_t rows) const {
  Memory memory{annotations_, {}, {}};
  for (const StepRows& key : keys_) memory.keys.push_back(key.first(rows));
  if (!values_.empty()) memory.values = values_.front().first(annotations_.size(0));
  return memory;
}

}  // namespace saccade::models
