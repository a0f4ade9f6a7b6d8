

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0002_register_state'),
        ('plans', '0002_responsibility_force'),
        ('projects', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Enterprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='企业名称')),
                ('aliases', models.JSONField(blank=True, default=list, verbose_name='别名')),
                ('where', models.CharField(choices=[('prefecture', '州内'), ('province', '州外省内'), ('country', '省外'), ('abroad', '境外')], default='country', max_length=10, verbose_name='来自')),
                ('seat', models.CharField(blank=True, max_length=60, verbose_name='所在地')),
                ('size', models.CharField(blank=True, choices=[('world-500', '世界500强'), ('china-500', '中国500强'), ('private-500', '民营500强'), ('leader', '行业龙头'), ('listed', '上市公司'), ('large', '大型'), ('medium', '中型'), ('small', '小微')], max_length=11, verbose_name='类型')),
                ('chain_role', models.CharField(blank=True, choices=[('master', '链主'), ('supplier', '配套')], max_length=8, verbose_name='链上角色')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('revision', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': '企业',
                'verbose_name_plural': '企业',
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='活动名称')),
                ('begin', models.DateField(verbose_name='开始日期')),
                ('end', models.DateField(verbose_name='结束日期')),
                ('places', models.JSONField(verbose_name='活动地点')),
                ('outside_firms', models.PositiveIntegerField(blank=True, null=True, verbose_name='州外企业')),
                ('firms', models.TextField(blank=True, verbose_name='企业名单')),
                ('units_text', models.CharField(blank=True, max_length=500, verbose_name='参加单位')),
                ('talks', models.CharField(blank=True, max_length=2000, verbose_name='洽谈情况')),
                ('signed_text', models.CharField(blank=True, max_length=1000, verbose_name='签约项目')),
                ('is_own', models.BooleanField(default=True, verbose_name='自行组织')),
                ('withdrawn_for', models.CharField(blank=True, max_length=300, verbose_name='撤销理由')),
                ('created_at', models.DateTimeField(verbose_name='登记时间')),
                ('revision', models.PositiveIntegerField(default=0)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='organisations.unit', verbose_name='填报单位')),
            ],
            options={
                'verbose_name': '招商活动',
                'verbose_name_plural': '招商活动',
                'ordering': ('-end', '-id'),
            },
        ),
        migrations.CreateModel(
            name='ActivityEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('plan', '招商方案'), ('summary', '活动总结'), ('news', '信息报道'), ('filing', '外出报备表'), ('other', '其他')], max_length=7, verbose_name='材料')),
                ('file', models.FileField(upload_to='investment/%Y/%m/', verbose_name='文件')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('sha256', models.CharField(max_length=64)),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='investment.activity')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '活动佐证',
                'verbose_name_plural': '活动佐证',
                'ordering': ('activity', 'id'),
            },
        ),
        migrations.CreateModel(
            name='ActivityHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(blank=True, choices=[('territory', '县市、园区'), ('group', '招商组、平台'), ('', '其他')], max_length=9, verbose_name='类别')),
                ('ordinal', models.PositiveSmallIntegerField(default=1, verbose_name='序')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='host_rows', to='investment.activity')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='主办单位')),
            ],
            options={
                'verbose_name': '主办单位',
                'verbose_name_plural': '主办单位',
                'ordering': ('activity', 'ordinal'),
            },
        ),
        migrations.AddField(
            model_name='activity',
            name='hosts',
            field=models.ManyToManyField(related_name='activities_held', through='investment.ActivityHost', to='organisations.unit'),
        ),
        migrations.CreateModel(
            name='ActivityLeader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='姓名')),
                ('post', models.CharField(blank=True, max_length=80, verbose_name='职务')),
                ('rank', models.CharField(choices=[('other', '其他领导'), ('head', '县市（园区）党政“一把手”'), ('state', '州级领导'), ('top', '州级党政“一把手”')], max_length=5, verbose_name='级别')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leaders', to='investment.activity')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='所在单位')),
            ],
            options={
                'verbose_name': '参加领导',
                'verbose_name_plural': '参加领导',
                'ordering': ('activity', 'id'),
            },
        ),
        migrations.CreateModel(
            name='ChainLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tier', models.CharField(choices=[('upstream', '上游'), ('midstream', '中游'), ('downstream', '下游')], max_length=10, verbose_name='位置')),
                ('ordinal', models.PositiveSmallIntegerField(default=1, verbose_name='序')),
                ('name', models.CharField(max_length=80, verbose_name='环节')),
                ('gap', models.CharField(choices=[('strong', '较强'), ('weak', '薄弱'), ('missing', '缺失')], default='weak', max_length=7, verbose_name='状况')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('chain', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='projects.chain', verbose_name='产业链')),
            ],
            options={
                'verbose_name': '产业链环节',
                'verbose_name_plural': '产业链环节',
                'ordering': ('chain', 'ordinal', 'id'),
            },
        ),
        migrations.CreateModel(
            name='ChainPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('standing', models.CharField(choices=[('present', '现有企业'), ('wanted', '重点招引目标')], max_length=7, verbose_name='情况')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='investment.chainlink', verbose_name='环节')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='investment.enterprise', verbose_name='企业')),
            ],
            options={
                'verbose_name': '产业链企业',
                'verbose_name_plural': '产业链企业',
                'ordering': ('link', 'standing', 'id'),
            },
        ),
        migrations.CreateModel(
            name='FigureTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('territory', '县市、园区'), ('group', '招商组、平台')], max_length=9, verbose_name='类别')),
                ('figure', models.CharField(max_length=24, verbose_name='指标')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='investment_figures', to='plans.target', verbose_name='方案目标')),
            ],
            options={
                'verbose_name': '招商目标',
                'verbose_name_plural': '招商目标',
                'ordering': ('year', 'scope', 'figure'),
            },
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leader', models.CharField(blank=True, max_length=60, verbose_name='组长')),
                ('scope_text', models.CharField(blank=True, max_length=300, verbose_name='产业范围')),
                ('funds_rule', models.CharField(choices=[('statistics', '国内合作统计中本产业的到位资金'), ('enclave', '自行申报：飞地合作项目的到位资金'), ('platform', '自行申报：平台促成项目的到位资金')], default='statistics', max_length=10, verbose_name='到位资金来源')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('revision', models.PositiveIntegerField(default=0)),
                ('lead_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='牵头单位')),
                ('members', models.ManyToManyField(blank=True, related_name='investment_groups', to='organisations.unit', verbose_name='成员单位')),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='investment_group', to='organisations.unit', verbose_name='招商组')),
            ],
            options={
                'verbose_name': '招商组',
                'verbose_name_plural': '招商组',
                'ordering': ('unit__path',),
            },
        ),
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='项目名称')),
                ('contact', models.CharField(blank=True, max_length=60, verbose_name='企业联系人')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='联系电话')),
                ('handler', models.CharField(blank=True, max_length=60, verbose_name='跟进人')),
                ('source', models.CharField(choices=[('own', '自行组织活动'), ('stationed', '驻点招商'), ('by-investors', '以商招商'), ('agent', '中介招商'), ('delegated', '委托代理招商'), ('chain-master', '链主招商'), ('capital', '基金、资本招商'), ('fair', '节会、展会'), ('above', '省州重大活动'), ('visit', '企业来访'), ('other', '其他')], max_length=12, verbose_name='线索来源')),
                ('mode', models.CharField(choices=[('ordinary', '一般'), ('enclave', '飞地合作'), ('platform', '市场化平台促成')], default='ordinary', max_length=8, verbose_name='引进方式')),
                ('chain_role', models.CharField(blank=True, choices=[('master', '链主'), ('supplier', '配套')], max_length=8, verbose_name='链上角色')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name='计划（协议）投资额')),
                ('content', models.CharField(blank=True, max_length=2000, verbose_name='合作内容')),
                ('progress', models.CharField(blank=True, max_length=2000, verbose_name='最新进展')),
                ('problem', models.CharField(blank=True, max_length=1000, verbose_name='存在问题')),
                ('problem_due', models.DateField(blank=True, null=True, verbose_name='建议完成时限')),
                ('state', models.CharField(choices=[('lead', '线索'), ('negotiating', '在谈'), ('signed', '已签约'), ('started', '已开工'), ('producing', '已投产'), ('lost', '已流失')], default='lead', max_length=11, verbose_name='状态')),
                ('state_on', models.DateField(verbose_name='状态日期')),
                ('lost_reason', models.CharField(blank=True, max_length=500, verbose_name='流失原因')),
                ('next_step', models.CharField(blank=True, max_length=300, verbose_name='下一步')),
                ('next_on', models.DateField(blank=True, null=True, verbose_name='下次联系')),
                ('found_on', models.DateField(verbose_name='发现日期')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='investment.activity', verbose_name='来自活动')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='investment.enterprise', verbose_name='投资方')),
                ('link', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to='investment.chainlink', verbose_name='产业链环节')),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads_here', to='organisations.unit', verbose_name='意向建设地点')),
                ('problem_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit', verbose_name='需协同单位')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='projects.project', verbose_name='项目')),
                ('same_as', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='twins', to='investment.lead')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='organisations.unit', verbose_name='跟进单位')),
            ],
            options={
                'verbose_name': '招商线索',
                'verbose_name_plural': '招商线索',
                'ordering': ('-state_on', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Funds',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('territory', '县市、园区'), ('group', '招商组、平台')], max_length=9, verbose_name='类别')),
                ('kind', models.CharField(choices=[('prefecture', '州外到位资金'), ('province', '省外到位资金'), ('foreign', '实际利用外资')], max_length=10, verbose_name='资金')),
                ('source', models.CharField(choices=[('statistics', '统计'), ('self-reported', '自行申报')], max_length=13, verbose_name='来源')),
                ('period', models.CharField(max_length=7, verbose_name='月份')),
                ('first_day', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='到位资金')),
                ('checked', models.CharField(choices=[('waiting', '待认定'), ('verified', '已认定'), ('refused', '不予认定')], max_length=8, verbose_name='认定')),
                ('recognised', models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name='认定数')),
                ('remark', models.CharField(blank=True, max_length=300, verbose_name='认定意见')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='认定时间')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='investment_funds', to='organisations.unit', verbose_name='单位')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='funds', to='investment.lead', verbose_name='项目')),
            ],
            options={
                'verbose_name': '到位资金',
                'verbose_name_plural': '到位资金',
                'ordering': ('-first_day', 'unit__path', 'id'),
            },
        ),
        migrations.CreateModel(
            name='ClaimDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('territory', '县市、园区'), ('group', '招商组、平台')], max_length=9, verbose_name='类别')),
                ('parts', models.JSONField(verbose_name='份额')),
                ('reason', models.CharField(max_length=300, verbose_name='依据')),
                ('at', models.DateTimeField(verbose_name='认定时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='investment.lead')),
            ],
            options={
                'verbose_name': '归属认定',
                'verbose_name_plural': '归属认定',
                'ordering': ('lead', 'id'),
            },
        ),
        migrations.CreateModel(
            name='LeadClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('territory', '县市、园区'), ('group', '招商组、平台')], max_length=9, verbose_name='类别')),
                ('on', models.DateField(verbose_name='认领日期')),
                ('text', models.CharField(blank=True, max_length=300, verbose_name='理由')),
                ('claimed_at', models.DateTimeField(verbose_name='登记时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='放弃时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='investment.lead')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lead_claims', to='organisations.unit', verbose_name='认领单位')),
            ],
            options={
                'verbose_name': '项目认领',
                'verbose_name_plural': '项目认领',
                'ordering': ('lead', 'id'),
            },
        ),
        migrations.CreateModel(
            name='LeadEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('intent', '投资意向书'), ('proposal', '投资建议书'), ('agreement', '正式协议（合同）'), ('start', '开工佐证'), ('production', '投产佐证'), ('other', '其他')], max_length=10, verbose_name='材料')),
                ('file', models.FileField(upload_to='investment/%Y/%m/', verbose_name='文件')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('sha256', models.CharField(max_length=64)),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='investment.lead')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '线索佐证',
                'verbose_name_plural': '线索佐证',
                'ordering': ('lead', 'id'),
            },
        ),
        migrations.CreateModel(
            name='LeadMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(choices=[('lead', '线索'), ('negotiating', '在谈'), ('signed', '已签约'), ('started', '已开工'), ('producing', '已投产'), ('lost', '已流失')], max_length=11, verbose_name='原状态')),
                ('to_state', models.CharField(choices=[('lead', '线索'), ('negotiating', '在谈'), ('signed', '已签约'), ('started', '已开工'), ('producing', '已投产'), ('lost', '已流失')], max_length=11, verbose_name='新状态')),
                ('on', models.DateField(verbose_name='日期')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('override', models.CharField(blank=True, max_length=300, verbose_name='缺少佐证的理由')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='investment.lead')),
            ],
            options={
                'verbose_name': '线索变动',
                'verbose_name_plural': '线索变动',
                'ordering': ('lead', 'id'),
            },
        ),
        migrations.CreateModel(
            name='LeadVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('where', models.CharField(blank=True, max_length=80, verbose_name='地点')),
                ('people', models.CharField(blank=True, max_length=200, verbose_name='参加人员')),
                ('text', models.CharField(max_length=2000, verbose_name='洽谈情况')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='investment.lead')),
            ],
            options={
                'verbose_name': '对接记录',
                'verbose_name_plural': '对接记录',
                'ordering': ('lead', '-on', '-id'),
            },
        ),
        migrations.AddConstraint(
            model_name='activityhost',
            constraint=models.UniqueConstraint(fields=('activity', 'unit'), name='activity_host_once'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['end'], name='activity_end_idx'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('end__gte', models.F('begin'))), name='activity_in_order'),
        ),
        migrations.AddConstraint(
            model_name='chainlink',
            constraint=models.UniqueConstraint(fields=('chain', 'name'), name='chain_link_once'),
        ),
        migrations.AddConstraint(
            model_name='chainplace',
            constraint=models.UniqueConstraint(fields=('link', 'enterprise'), name='chain_place_once'),
        ),
        migrations.AddConstraint(
            model_name='figuretarget',
            constraint=models.UniqueConstraint(fields=('scope', 'figure', 'target', 'year'), name='figure_target_once'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['state', 'state_on'], name='lead_state_idx'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['unit', 'state'], name='lead_unit_idx'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['place', 'state'], name='lead_place_idx'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.UniqueConstraint(condition=models.Q(('project__isnull', False)), fields=('project',), name='lead_project_once'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('amount', None), ('amount__gt', 0), _connector='OR'), name='lead_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'lost'), _negated=True), models.Q(('lost_reason', ''), _negated=True), _connector='OR'), name='lead_lost_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('same_as', None), models.Q(('same_as', models.F('id')), _negated=True), _connector='OR'), name='lead_not_own_twin'),
        ),
        migrations.AddIndex(
            model_name='funds',
            index=models.Index(fields=['first_day', 'unit'], name='funds_time_idx'),
        ),
        migrations.AddConstraint(
            model_name='funds',
            constraint=models.UniqueConstraint(condition=models.Q(('lead', None), ('superseded_at', None)), fields=('unit', 'kind', 'source', 'period'), name='funds_unit_once'),
        ),
        migrations.AddConstraint(
            model_name='funds',
            constraint=models.UniqueConstraint(condition=models.Q(('lead__isnull', False), ('superseded_at', None)), fields=('unit', 'lead', 'kind', 'source', 'period'), name='funds_lead_once'),
        ),
        migrations.AddConstraint(
            model_name='funds',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='funds_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='funds',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked', 'verified'), _negated=True), ('recognised__isnull', False), _connector='OR'), name='funds_recognised'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='claim_decision_reason'),
        ),
        migrations.AddIndex(
            model_name='leadclaim',
            index=models.Index(fields=['unit', 'lead'], name='lead_claim_unit_idx'),
        ),
        migrations.AddConstraint(
            model_name='leadclaim',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('lead', 'unit'), name='lead_claim_once'),
        ),
        migrations.AddIndex(
            model_name='leadmove',
            index=models.Index(fields=['to_state', 'on'], name='lead_move_idx'),
        ),
    ]
