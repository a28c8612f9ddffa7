"""What the people of a retail group answered about their customer-service robot: written by hand, used by the sample.

Keys are item ids; values have the shape the frozen content prescribes. Items that are not listed get a plain answer.
"""

from typing import Any

ANSWERS: dict[str, Any] = {
    "D1.01": "售后咨询日均 2.6 万次，人工坐席高峰期平均等待 11 分钟，四成问题是查单、退换货规则等重复问题。大模型负责理解问题、检索知识库并给出有出处的回答，"
    "涉及退款、投诉和人身安全的一律转人工。现在由 180 名坐席按话术库处理，夜间无人值守。",
    "D1.02": [
        {"metric": "一次解决率", "baseline": "61", "target": "75", "unit": "%", "due": "2027-06-30"},
        {"metric": "平均等待时间", "baseline": "11", "target": "1", "unit": "分钟", "due": "2027-03-31"},
        {"metric": "转人工率", "baseline": "100", "target": "35", "unit": "%", "due": "2027-06-30"},
    ],
    "D1.03": "customer_service",
    "D1.04": "some",
    "D1.05": ["public"],
    "D1.06": [
        {"horizon": "launch", "registered": "1200000", "mau": "300000", "dau_ratio": "8", "requests_per_active_day": "1.1", "peak_hour_share": "12"},
        {"horizon": "12m", "registered": "1800000", "mau": "520000", "dau_ratio": "9", "requests_per_active_day": "1.2", "peak_hour_share": "12"},
        {"horizon": "36m", "registered": "3000000", "mau": "900000", "dau_ratio": "10", "requests_per_active_day": "1.3", "peak_hour_share": "12"},
    ],
    "D1.07": "L",
    "D1.12": [
        {"group": "消费者", "harm": "收到错误的退换货承诺", "misuse": "诱导机器人作出赔付承诺", "severity": "high", "measure": "答案须引用知识库条款；金额与赔付一律转人工"},
        {"group": "未成年消费者", "harm": "接触不适宜内容", "misuse": "冒充成年人提问", "severity": "medium", "measure": "输出内容审核；未成年人模式"},
        {"group": "坐席人员", "harm": "岗位变化带来的压力", "misuse": "", "severity": "low", "measure": "转岗培训，12 个月内不裁减"},
        {"group": "个人信息主体", "harm": "订单信息在对话中泄露", "misuse": "以他人订单号查询", "severity": "high", "measure": "查单须登录并二次核验；日志脱敏"},
        {"group": "企业声誉", "harm": "不当言论被截图传播", "misuse": "提示注入", "severity": "medium", "measure": "红队测试、拦截词库、值班处置"},
        {"group": "残障消费者", "harm": "读屏软件无法使用对话窗口", "misuse": "", "severity": "low", "measure": "按 WCAG 2.2 AA 验收"},
    ],
    "D2.02": [
        {"model": "甲模型 72B", "score": "89", "pros": "中文好，已备案", "cons": "长上下文较贵", "price_in": "4.00", "price_out": "12.00", "licence": "商用 API", "filing_no": "Guangdong-Jia-20240418"},
        {"model": "乙模型 32B", "score": "84.5", "pros": "便宜，可私有化", "cons": "多轮易忘", "price_in": "1.20", "price_out": "3.60", "licence": "开放权重", "filing_no": "Beijing-Yi-20240611"},
        {"model": "丙模型", "score": "81", "pros": "速度快", "cons": "拒答偏多", "price_in": "2.00", "price_out": "6.00", "licence": "商用 API", "filing_no": "Shanghai-Bing-20240902"},
    ],
    "D2.04": "business_plus_ai",
    "D2.05": "3",
    "D2.07": [
        {"scenario": "查单", "trigger": "用户登录后提问", "input": "订单号或近 30 天订单", "output": "状态与预计到达", "rule": "仅本人订单", "exception": "超时转人工", "acceptance": "准确率 ≥ 98%"},
        {"scenario": "退换货规则", "trigger": "任意提问", "input": "商品类目、签收日期", "output": "规则与入口", "rule": "引用条款编号", "exception": "大件与生鲜另行说明", "acceptance": "有据率 ≥ 95%"},
        {"scenario": "投诉", "trigger": "情绪或关键词", "input": "对话摘要", "output": "转人工并带摘要", "rule": "不得承诺赔付", "exception": "人身安全 5 分钟内回电", "acceptance": "转接成功率 ≥ 99.5%"},
    ],
    "D2.09": [
        {"scenario": "查单", "requests_per_day": "14000", "in_tokens": "1900", "out_tokens": "180", "cached_share": "35", "days_per_month": "30"},
        {"scenario": "退换货规则", "requests_per_day": "22000", "in_tokens": "2600", "out_tokens": "320", "cached_share": "40", "days_per_month": "30"},
        {"scenario": "投诉", "requests_per_day": "2100", "in_tokens": "3100", "out_tokens": "260", "cached_share": "10", "days_per_month": "30"},
    ],
    "D2.10": [
        {"resource": "向量库", "spec": "3 节点 8C32G", "quantity": "3", "monthly_cost": "8400"},
        {"resource": "内容安全", "spec": "文本审核", "quantity": "1", "monthly_cost": "12000"},
        {"resource": "日志与存储", "spec": "对象存储 6 TB", "quantity": "1", "monthly_cost": "2900"},
        {"resource": "网关与负载均衡", "spec": "双可用区", "quantity": "2", "monthly_cost": "5200"},
    ],
    "D3.01": [
        {"name": "售后知识库", "kind": "document", "system": "知识平台", "owner": "梁静", "volume": "18400", "volume_unit": "files", "data_class": "C2", "personal": "none"},
        {"name": "历史对话（脱敏）", "kind": "structured", "system": "客服系统", "owner": "梁静", "volume": "9200000", "volume_unit": "rows", "data_class": "C3", "personal": "ordinary"},
        {"name": "订单与物流", "kind": "structured", "system": "订单中台", "owner": "孟凡", "volume": "36000000", "volume_unit": "rows", "data_class": "C3", "personal": "ordinary"},
        {"name": "商品资料", "kind": "document", "system": "商品中心", "owner": "孟凡", "volume": "240000", "volume_unit": "files", "data_class": "C1", "personal": "none"},
    ],
    "D3.02": [
        {"use": "retrieval", "needed": "15000", "available": "18400", "unit": "份"},
        {"use": "test", "needed": "500", "available": "800", "unit": "题"},
    ],
    "D3.04": "86",
    "D3.05": [
        {"source": "自有业务系统", "obtained": "own", "legal_basis": "履行合同所必需", "scope": "售后服务", "expires": ""},
        {"source": "供应商商品资料", "obtained": "licensed", "legal_basis": "供应商协议第 7 条", "scope": "商品展示与咨询", "expires": "2028-12-31"},
        {"source": "公开法规文本", "obtained": "open", "legal_basis": "公开信息", "scope": "检索引用", "expires": ""},
    ],
    "D3.06": [
        {"name": "历史对话", "daily_increment": "26000", "monthly_increment": "780000", "unit": "条", "growth": "linear"},
        {"name": "售后知识库", "daily_increment": "", "monthly_increment": "220", "unit": "份", "growth": "linear"},
    ],
    "D4.07": [
        {"defect": "规则过期", "count": "312", "treatment": "fix", "remaining": "0", "owner": "梁静"},
        {"defect": "重复条目", "count": "1180", "treatment": "remove", "remaining": "14", "owner": "梁静"},
    ],
    "D4.08": [
        {"activity": "cleaning", "person_days": "46", "planned": "120000", "spent": "98000"},
        {"activity": "labelling", "person_days": "30", "planned": "80000", "spent": "71000"},
    ],
    "D4.09": "0.82",
    "D4.11": [
        {"cause": "retrieval", "count": "31", "action": "改写查询并补同义词"},
        {"cause": "data", "count": "22", "action": "补齐生鲜类规则"},
        {"cause": "model", "count": "9", "action": "收紧拒答阈值"},
    ],
    "D5.01": [
        {"level": "national", "instrument": "生成式人工智能服务管理暂行办法", "requirement": "备案或登记、内容安全、标识", "owner": "赵宁"},
        {"level": "national", "instrument": "个人信息保护法", "requirement": "影响评估、最小必要", "owner": "赵宁"},
        {"level": "industry", "instrument": "电子商务售后服务规范", "requirement": "投诉处理时限", "owner": "吴桐"},
        {"level": "enterprise", "instrument": "集团数据分级管理办法（2025）", "requirement": "C3 数据不出集团专有云", "owner": "何川"},
    ],
    "D5.02": "C3",
    "D5.10": [
        {"risk": "LLM01:2025", "cases": "420", "failures": "3", "result": "closed", "report": "红队报告-提示注入.pdf"},
        {"risk": "LLM02:2025", "cases": "260", "failures": "0", "result": "closed", "report": "红队报告-泄露.pdf"},
        {"risk": "LLM05:2025", "cases": "120", "failures": "1", "result": "closed", "report": "红队报告-输出.pdf"},
        {"risk": "LLM06:2025", "cases": "80", "failures": "0", "result": "closed", "report": "红队报告-代理.pdf"},
        {"risk": "LLM07:2025", "cases": "150", "failures": "2", "result": "open_low", "report": "红队报告-系统提示.pdf"},
        {"risk": "LLM09:2025", "cases": "500", "failures": "11", "result": "open_low", "report": "红队报告-错误信息.pdf"},
    ],
    "D6.01": [
        {"phase": "deployment", "gpu": "API 专用配额", "storage_gb": "6000", "network_mbps": "500", "from": "2026-12-01", "to": "2027-11-30"},
        {"phase": "serving", "gpu": "8 个独占实例", "storage_gb": "2000", "network_mbps": "800", "from": "2026-12-15", "to": "2027-12-14"},
    ],
    "D6.08": [
        {"phase": "一期", "date": "2026-12-01", "resource": "8 个独占实例", "cost": "640000", "trigger": "G4 批准"},
        {"phase": "二期", "date": "2027-06-01", "resource": "增至 12 个", "cost": "320000", "trigger": "峰值 QPS 连续两周高于 4"},
    ],
    "D6.09": [{"rto_target_min": "30", "rto_measured_min": "22", "rpo_target_min": "5", "rpo_measured_min": "3"}],
    "D6.12": "86000",
    "D7.03": [
        {"role": "product", "person": "吴桐", "skills": "售后流程", "fte": "0.5", "task": "需求与验收", "raci": "A"},
        {"role": "algorithm", "person": "陈晓", "skills": "RAG、评测", "fte": "1", "task": "检索与提示", "raci": "R"},
        {"role": "data", "person": "梁静", "skills": "知识治理", "fte": "1", "task": "知识库", "raci": "R"},
        {"role": "security", "person": "何川", "skills": "红队", "fte": "0.3", "task": "安全测试", "raci": "R"},
    ],
    "D7.08": [{"scope": "知识运营平台", "date": "2027-03-31", "owner": "陈晓", "acceptance": "自有团队独立完成两次版本更新"}],
    "D7.11": [
        {"aspect": "qualification", "score": "4.5", "note": "等保三级、ISO 27001"},
        {"aspect": "security", "score": "4", "note": "年度渗透测试"},
    ],
    "D7.12": "1",
    "D8.01": [
        {"layer": "language", "component": "Python", "version": "3.11", "licence": "PSF", "upkeep": "active"},
        {"layer": "vector_store", "component": "自建向量库", "version": "2.4", "licence": "Apache-2.0", "upkeep": "active"},
        {"layer": "framework", "component": "检索编排组件", "version": "1.8", "licence": "MIT", "upkeep": "active"},
    ],
    "D8.07": "0",
    "D8.10": [
        {"aspect": "latency", "measured": "首 Token P95 820 ms", "limit": "1,000 ms"},
        {"aspect": "quota", "measured": "专用配额 9 QPS", "limit": "≥ 5 QPS"},
    ],
    "D9.01": [
        {"scenario": "查单", "scenario_type": "qa", "accuracy_target": "98", "metric": "人工复核准确率"},
        {"scenario": "退换货规则", "scenario_type": "qa", "accuracy_target": "85", "metric": "有据且正确"},
    ],
    "D9.02": [{"scenario": "退换货规则", "recall_target": "90", "recall_measured": "93.4", "source": "ragas_2026-11-08.csv"}],
    "D9.05": [{"scenario": "全部", "target_ms": "1000", "p95_ms": "820", "source": "bench_serve_2026-11-10.json"}],
    "D9.06": [{"scenario": "全部", "target_tps": "30", "measured_tps": "41.5", "source": "bench_serve_2026-11-10.json"}],
    "D9.09": [
        {"scenario": "查单", "max_qps": "2.2", "latency_s": "2.1", "concurrency": "5"},
        {"scenario": "退换货规则", "max_qps": "2.8", "latency_s": "3.4", "concurrency": "10"},
    ],
    "D9.13": [{"bank_size": "2600", "sample_n": "1000", "pass_rate": "98.4", "refusal_n": "500", "refusal_rate": "97.2", "non_refusal_n": "500", "non_refusal_refused": "2.4"}],
    "D10.01": [
        {"requirement": "电子商务投诉 7 日内办结", "gap": "none", "measure": "工单时限提醒", "cost": "0", "due": "2026-12-01"},
        {"requirement": "未成年人网络保护", "gap": "partial", "measure": "未成年人模式", "cost": "60000", "due": "2026-12-10"},
    ],
    "D10.02": [
        {"line": "secure_transfer_storage", "planned": "90000", "spent": "82000", "owner": "何川"},
        {"line": "privacy", "planned": "110000", "spent": "96000", "owner": "赵宁"},
        {"line": "content_safety", "planned": "144000", "spent": "120000", "owner": "何川"},
        {"line": "filings", "planned": "60000", "spent": "41000", "owner": "赵宁"},
        {"line": "audit", "planned": "80000", "spent": "36000", "owner": "孙毅"},
        {"line": "ha_dr", "planned": "76000", "spent": "70000", "owner": "高远"},
    ],
    "D10.07": [{"n": "420", "miss_rate": "0.7", "false_block": "3.1"}],
    "D10.11": "2027-05-15",
    "D3.13": [{"manual_n": "4000", "manual_pass": "98.6", "tech_share": "100", "tech_pass": "99.2"}],
}

# item → (verdict, why in Chinese, why in English); everything else passes
VERDICTS: dict[str, tuple[str, str, str]] = {
    "D1.04": ("pass", "已有 1–3 个上线项目", "1–3 live projects"),
    "D3.04": ("attention", "相关数据占 86%，低于 90%", "86% relevant, below 90%"),
    "D4.04": ("attention", "近似重复 3.2%，高于 2%", "3.2% near-duplicates, above 2%"),
    "D5.10": ("attention", "两类风险仍有低危未关闭", "two risks still have low findings open"),
    "D9.12": ("attention", "测算需 8 个独占实例，已订 7 个", "8 dedicated instances computed, 7 ordered"),
    "D10.07": ("attention", "样本 420，低于 500", "sample of 420, below 500"),
    "D7.12": ("attention", "有 1 个岗位只有一人能做", "1 role that a single person can do"),
}
WAIVED = "D7.10"
