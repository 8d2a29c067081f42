#include "models/weights/checksums.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"
#include "core/base/fingerprint.hpp"
#include "models/weights/safetensors_header.hpp"

namespace saccade::models {
namespace {

using Checksums = std::map<std::string, std::string>;

constexpr const char* kTexts = "__metadata__";

std::string checksum_of(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
  const auto sizes = plain.sizes();
  Fingerprint print;
  print.add(
      fmt::format("{} [{}]", safetensors_dtype(plain.scalar_type()), fmt::join(sizes.begin(), sizes.end(), ", ")));
  print.add({static_cast<const char*>(plain.data_ptr()), plain.nbytes()});
  return print.text();
}

Checksums all_of(const StateDict& tensors, const std::map<std::string, std::string>& metadata) {
  Checksums checksums;
  for (const auto& [name, tensor] : tensors) checksums[name] = checksum_of(tensor);
  Fingerprint texts;
  for (const auto& [name, text] : metadata) {
    if (name == kChecksums) continue;
    texts.add(name);
    texts.add(text);
  }
  checksums[kTexts] = texts.text();
  return checksums;
}

}  // namespace

std::string checksums_of(const StateDict& tensors, const std::map<std::string, std::string>& metadata) {
  return nlohmann::json(all_of(tensors, metadata)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void verify_checksums(const StateDict& tensors, const std::map<std::string, std::string>& metadata,
                      const std::string& file) {
  const auto told = metadata.find(kChecksums);
  if (told == metadata.end()) {
    for (const auto& [name, text] : metadata) {
      if (text.find(fmt::format("\"{}\":", kTexts)) == std::string::npos) continue;
      throw Error("{}: the file is damaged: its checksums go by the name '{}'", file, excerpt(name));
    }
    return;
  }
  const auto written = nlohmann::json::parse(told->second, nullptr, /*allow_exceptions=*/false);
  for (const auto& [name, checksum] : all_of(tensors, metadata)) {
    if (written.is_object() && written.contains(name) && written[name] == checksum) continue;
    const std::string what = name == kTexts ? "its description" : fmt::format("its tensor '{}'", excerpt(name));
    throw Error("{}: the file is damaged: {} is not what was written", file, what);
  }
}

}  // namespace saccade::models
