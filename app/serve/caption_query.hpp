#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "app/captioning.hpp"
#include "app/command.hpp"

namespace saccade::app {

/// The options of `caption` that are query parameters.
const std::vector<std::string>& query_options();

/// Options that are valid but exclude each other, or that the model or this server does not support.
struct ConflictError : UsageError {
  using UsageError::UsageError;
};

/// Parses a query, given as option names without dashes and their values; ignores "model". Throws UsageError or
/// ConflictError with the message of `saccade caption`.
CaptionChoice choice_of(const std::multimap<std::string, std::string>& given, const models::Captioner& model,
                        int largest_search);

/// The parameters of these options in an OpenAPI document.
nlohmann::ordered_json query_parameters();

}  // namespace saccade::app
