"""What the audit knows: each action once, as it is stored and as it is read (等保 2.0, Article 18)."""

from __future__ import annotations

from typing import Literal

Result = Literal["done", "refused", "failed"]
RESULTS: dict[str, str] = {"done": "成功", "refused": "拒绝", "failed": "失败"}

ACTIONS: dict[str, str] = {
    # who comes and goes
    "session.login": "登录",
    "session.logout": "退出",
    "session.locked": "锁定登录",
    "session.slowed": "限制来源地址",
    "session.ended": "终止会话",
    # accounts, Article 18
    "account.apply": "申请账号",
    "account.approve": "开通账号",
    "account.refuse": "退回账号申请",
    "account.reset": "重置密码",
    "account.password": "修改密码",
    "account.disable": "停用账号",
    "account.suspend": "暂停久未使用的账号",
    "account.resume": "恢复账号",
    "account.close": "注销账号",
    "account.transfer": "调动：注销并重新申请",
    "account.confirm": "年度确认账号",
    # data, Articles 7, 8, 13, 14, 19
    "batch.deliver": "报送",
    "batch.publish": "上架",
    "batch.withdraw": "下架",
    "batch.revert": "撤回批次",
    "quarantine.release": "隔离放行",
    "quarantine.destroy": "隔离销毁",
    "plan.save": "填报计划",
    "plan.submit": "提交计划",
    "plan.approve": "批准计划",
    "plan.return": "退回计划",
    "plan.close": "封存计划",
    # changes of records, Article 14
    "change.open": "提出变更申请",
    "change.submit": "补全变更申请",
    "change.accept": "受理变更申请",
    "change.refuse": "退回变更申请",
    "change.approve": "核准变更申请",
    "change.apply": "按变更申请更新",
    "change.confirm": "确认变更结果",
    "change.cancel": "撤回变更申请",
    # the assessment, Article 23
    "score.rules": "考核规则",
    "score.fact": "考核事项",
    "score.freeze": "封存考核",
    "score.revise": "更正考核",
    "score.appeal": "考核申诉",
    "score.issue": "出具考核材料",
    "score.errata": "更正已出具的考核数据",
    # the monthly review, Article 21
    "review.generate": "生成调度报表",
    "review.edit": "修改调度语句",
    "review.check": "核对调度报表",
    "review.sign": "签发调度报表",
    "review.send": "报送调度报表",
    "review.archive": "归档调度报表",
    # circulars and reminders, Article 22
    "circular.draft": "起草通报",
    "circular.approve": "批准通报",
    "circular.issue": "印发通报",
    "circular.receive": "签收通报",
    "circular.reply": "回复通报",
    "circular.return": "退回通报回复",
    "circular.close": "办结通报",
    "circular.withdraw": "撤回通报",
    "circular.settle": "核对通报事项",
    "circular.overdue": "通报逾期未回复",
    "notice.remind": "到期提醒",
    "notice.mail": "邮件提醒",
    # what is on the exhibition wall
    "wall.command": "大屏操作",
    "wall.emergency": "大屏紧急信息",
    # the live feed of venues, Article 8
    "live.acknowledge": "确认拥挤提醒",
    # what leaves the product or its mask
    "data.export": "导出",
    "data.unmask": "查看未遮盖的个人信息",
    # the audit itself
    "audit.export": "导出审计记录",
    "audit.verify": "核验审计记录",
    "audit.cut": "清理到期审计记录",
}


def group_names() -> dict[str, str]:
    """Prefix of an action → what a list of filters calls it."""
    return {
        "session": "登录",
        "account": "账号",
        "batch": "批次",
        "quarantine": "隔离",
        "plan": "计划",
        "change": "变更",
        "score": "考核",
        "review": "调度",
        "circular": "通报",
        "notice": "提醒",
        "live": "实时客流",
        "wall": "大屏",
        "data": "数据",
        "audit": "审计",
    }
