#include "models/training/resume_file.hpp"

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/out_of_memory.hpp"
#include "core/base/plain_reason.hpp"
#include "models/weights/checksums.hpp"
#include "models/weights/safetensors.hpp"

namespace saccade::models {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TrainingPosition, stage, epoch, step, loss, cross_entropy, best, best_bleu_4,
                                   since_best)
namespace {

constexpr const char* kFormat = "saccade resume 1";

}  // namespace

void write_resume_file(const std::filesystem::path& path, const ResumeState& state) {
  std::map<std::string, std::string> metadata{{"format", kFormat},
                                              {"signature", state.signature},
                                              {"position", json(state.position).dump()},
                                              {"history", json(state.history).dump()}};
  metadata[kChecksums] = checksums_of(state.tensors, metadata);
  write_safetensors(path, state.tensors, metadata);
}

ResumeState read_resume_file(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  ResumeState state;
  state.tensors = file.all();
  verify_checksums(state.tensors, file.metadata(), path.string());
  try {
    if (file.text("format") != kFormat) throw Error("its format is another");
    state.signature = file.text("signature");
    state.position = json::parse(file.text("position")).get<TrainingPosition>();
    state.history = json::parse(file.text("history")).get<std::vector<Evaluation>>();
  } catch (const std::exception& error) {
    rethrow_out_of_memory(error);
    throw Error("{}: is not a training to resume ({}); delete it to begin anew", path.string(), plain_reason(error));
  }
  return state;
}

}  // namespace saccade::models
