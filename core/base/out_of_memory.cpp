#include "core/base/out_of_memory.hpp"

#include <filesystem>
#include <new>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

namespace saccade {
namespace {

/// Exceptions that quote their input, which may contain any text.
bool quotes(const std::exception& error) {
  return dynamic_cast<const nlohmann::json::exception*>(&error) != nullptr ||
         dynamic_cast<const std::filesystem::filesystem_error*>(&error) != nullptr;
}

}  // namespace

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
  if (dynamic_cast<const Error*>(&error) != nullptr || quotes(error)) return false;
  const std::string_view text = error.what();
  for (const std::string_view words : {"not enough memory", "can't allocate memory", "Insufficient memory"}) {
    if (text.find(words) != std::string_view::npos) return true;
  }
  return false;
}

void rethrow_out_of_memory(const std::exception& error) {
  if (is_out_of_memory(error)) throw std::bad_alloc();
}

}  // namespace saccade
