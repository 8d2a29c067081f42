#pragma once

#include <memory>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/metric.hpp"

namespace saccade::metrics {

/// ROUGE-L of one image, from 0 to 1 (Lin, ACL workshop 2004, as in the COCO caption evaluation): with the longest
/// common subsequence L of hypothesis and reference, P = the largest L / hypothesis length and R = the largest L /
/// reference length, each over all references on its own; (1 + b^2) P R / (R + b^2 P) with b = 1.2, or 0. An empty
/// sentence counts as one empty word: it equals an empty sentence and nothing else. Throws Error when the item has no
/// reference.
double rouge_l(const ScoredItem& item);

/// ROUGE-L of every image; the corpus value is their mean. Throws Error as check_items does.
CorpusScore rouge_l(const std::vector<ScoredItem>& items);

/// The registered metric rouge_l.
std::unique_ptr<Metric> make_rouge_l(const MetricOptions& options);

}  // namespace saccade::metrics
